"""Goal: scripts/check-instructions says what has grown, and fails then and only then.
Method: it is given counts instead of counting, and files to compare them with.
"""

import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/check-instructions"
RECORDED = "# A remark.\ncompiler GNU 12.2.0 x86_64\ninitiate 100.0\ndeliver 200.0\n"


class CheckInstructions(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.recorded = Path(folder.name) / "recorded"
        self.counts = Path(folder.name) / "counts"
        self.recorded.write_text(RECORDED)

    def check(self, counts, *options):
        self.counts.write_text(counts)
        return subprocess.run(
            [SCRIPT, "--recorded", self.recorded, "--counts", self.counts, *options], text=True, capture_output=True, check=False
        )

    def expect(self, counts, code, *said):
        done = self.check(counts)
        everything = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, everything)
        for each in said:
            self.assertRegex(everything, each)
        return everything

    def test_the_same_is_well(self):
        everything = self.expect(RECORDED, 0, r"initiate +100\.0 +100\.0 +\+0\.0 %\n")
        self.assertNotIn("--update", everything)

    def test_a_tenth_more_is_borne(self):
        self.expect(RECORDED.replace("100.0", "110.0"), 0, r"initiate +100\.0 +110\.0 +\+10\.0 %\n")

    def test_more_than_a_tenth_is_an_error(self):
        self.expect(RECORDED.replace("100.0", "110.1"), 1, r"initiate +100\.0 +110\.1 +\+10\.1 % +! grown\n", "--update")

    def test_one_that_shrinks_does_not_hide_one_that_grows(self):
        self.expect(RECORDED.replace("100.0", "150.0").replace("200.0", "50.0"), 1, "! grown", r"-75\.0 % +shrunk\n")

    def test_less_than_a_tenth_less_is_not_remarked_upon(self):
        self.assertNotIn("shrunk", self.expect(RECORDED.replace("200.0", "180.0"), 0))

    def test_more_than_a_tenth_less_is_remarked_upon(self):
        self.expect(RECORDED.replace("200.0", "179.0"), 0, r"deliver +200\.0 +179\.0 +-10\.5 % +shrunk\n", "--update")

    def test_a_step_that_is_not_recorded_is_an_error(self):
        self.expect(RECORDED + "new_one 1.0\n", 1, r"new_one +- +1\.0 +! not recorded\n", "--update")

    def test_a_step_that_is_not_counted_is_an_error(self):
        self.expect(RECORDED.replace("deliver 200.0\n", ""), 1, r"deliver +200\.0 +- +! not counted\n", "--update")

    def test_another_compiler_is_named_and_excuses_nothing(self):
        other = RECORDED.replace("GNU 12.2.0", "GNU 13.1.0")
        self.expect(other, 0, "recorded with GNU 12.2.0 x86_64, counted with GNU 13.1.0 x86_64")
        self.expect(other.replace("100.0", "111.0"), 1, "counted with GNU 13.1.0", "! grown")

    def test_what_is_no_counts_is_an_error(self):
        for nonsense in ("", "compiler x\n", "initiate 1.0\n", "compiler x\na one\n", "compiler x\na 0\n", "compiler x\na 1\na 1\n"):
            with self.subTest(nonsense):
                self.expect(nonsense, 1, "scripts/check-instructions: ")

    def test_nothing_recorded_is_an_error(self):
        self.recorded.unlink()
        self.expect(RECORDED, 1, "No such file")

    def test_an_update_records_what_is_counted(self):
        grown = RECORDED.replace("100.0", "300.0").replace("deliver", "hand_over")
        done = self.check(grown, "--update")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.expect(grown, 0)
        self.expect(RECORDED, 1, "! not counted", "! not recorded")

    def test_an_update_needs_no_file(self):
        self.recorded.unlink()
        self.assertEqual(self.check(RECORDED, "--update").returncode, 0)
        self.expect(RECORDED, 0)


if __name__ == "__main__":
    unittest.main()
