"""The threat model tried: each defence is taken out, and its test must fail."""
