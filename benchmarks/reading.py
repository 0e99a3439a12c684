"""Reading: workbook to typed rows, against bare calamine on the same file in the same run.

`python -m benchmarks.reading` writes ledgers of 5,000 and 100,000 children with 20 columns and reads
each with both. It prints rows a second, the ratio to calamine alone (which does a fraction of the
work, in this process and without limits), whether time grows with the rows, and the peak memory of
the child that opens the file. 5,000 rows in under 0.7 s are asked for.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from ledgers.reading.identity import check_character
from ledgers.reading.limits import MEGABYTE
from ledgers.reading.reader import read

_HEADS = [
    "序号",
    "乡镇",
    "村",
    "姓名",
    "性别",
    "身份证号",
    "出生日期",
    "户籍所在地",
    "现住址",
    "人群类别",
    "儿童类别",
    "关爱情形",
    "风险等级",
    "年级",
    "就读学校",
    "监护人",
    "联系电话",
    "儿童主任",
    "最近联系时间",
    "最近走访时间",
]
_ASKED_SECONDS = 0.7


def ledger_line(number: int) -> list[str | int]:
    """Make one child of a fictional county, with the words and dates that ledgers have."""
    born = date(2010, 9, 1) + timedelta(number % 3000)
    first17 = f"139901{born:%Y%m%d}{number % 1000:03}"
    sex = "男" if number % 2 else "女"
    contact = date(2026, 1, 1) + timedelta(number % 300)
    return [
        number + 1, f"测试{number % 12}镇", f"青山{number % 200}村", f"张测{number:06}", sex,
        first17 + check_character(first17), f"{born.year}.{born.month}.{born.day}", "演示省演示县",
        f"测试{number % 12}镇青山{number % 200}村{number % 9}组", "流动儿童", "其他困境儿童",
        "监护缺失、家庭生活困难", "黄", "三年级", "测试小学", f"李测{number:06}",
        str(15400000000 + number), f"王测{number % 200:03}", f"{contact:%Y年%m月%d日}",
        f"{contact:%Y-%m-%d}",
    ]  # fmt: skip


def write_ledger(path: Path, rows: int) -> Path:
    """Write a ledger under a title."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    sheet.write(0, 0, "演示县流动儿童信息台账")
    sheet.write_row(1, 0, _HEADS)
    for number in range(rows):
        sheet.write_row(number + 2, 0, ledger_line(number))
    book.close()
    return path


def seconds_for(work: Callable[[], int], *, rows: int, rounds: int) -> float:
    """Answer the median time of a few rounds; each must have found all rows."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        assert work() == rows
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def _bare(path: Path) -> int:
    with CalamineWorkbook.from_path(path) as workbook:
        return sum(1 for _ in workbook.get_sheet_by_index(0).iter_rows()) - 2


def _ours(path: Path) -> int:
    return len(read(path).sheets[0].rows)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    per_row = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in (5_000, 100_000):
            path = write_ledger(Path(folder) / f"{rows}.xlsx", rows)
            bare = seconds_for(partial(_bare, path), rows=rows, rounds=rounds)
            ours = seconds_for(partial(_ours, path), rows=rows, rounds=rounds)
            per_row.append(ours / rows)
            print(
                f"{rows:>7,} rows: {ours:6.2f} s, {rows / ours:>8,.0f} rows/s;"
                f" calamine alone {bare:6.2f} s; ratio {ours / bare:.1f}"
            )
            if rows == 5_000:
                print(
                    f"              asked for: {_ASKED_SECONDS} s; ratio {ours / _ASKED_SECONDS:.2f}"
                )
    print(f"time per row, 100,000 against 5,000: {per_row[1] / per_row[0]:.2f}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / MEGABYTE
    print(f"peak memory of the child: {peak:.0f} MB")


if __name__ == "__main__":
    main()
