"""Processes of the distributed example are killed, stopped and lost."""

import json
import pathlib
import re
import signal
import sys
import time

import pytest

import docs_blocks

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "examples" / "distributed"
SCRIPT = FOLDER / "train_char_lm.py"
SMALL = ["--text", "some.txt", "--units", "8", "--rows", "4", "--chars", "6"]


@pytest.fixture
def cluster(monkeypatch):
  """The module of that name beside the example."""
  monkeypatch.syspath_prepend(str(FOLDER))
  import cluster
  yield cluster
  del sys.modules["cluster"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
  from tfcompat_rnn.datasets import text
  monkeypatch.chdir(tmp_path)
  monkeypatch.setenv("PYTHONPATH", str(ROOT))
  (tmp_path / "some.txt").write_text(text.read_text()[:20000])
  return tmp_path


class Members:
  """A parameter server and two workers of a training without an end."""

  def __init__(self, forked, addresses, *options):
    self.forked, self.addresses = forked, addresses
    self.options = [
        *SMALL, "--steps", "1000000000", "--report-every", "10", "--save-every",
        "50", "--patience", "1", "--folder", "made", *options]
    self.ps = self.start("ps", 0)
    self.chief, self.other = self.start("worker", 0), self.start("worker", 1)

  def start(self, job, task):
    return self.forked.start([
        SCRIPT, *self.options, "--ps", self.addresses[0], "--workers",
        ",".join(self.addresses[1:]), "--job", job, "--task", task],
                             timeout=900)

  def close(self):
    for each in (self.ps, self.chief, self.other):
      each.signal(signal.SIGKILL)
      each.wait()


@pytest.fixture(params=[[], ["--sync"]], ids=["asynchronous", "synchronous"])
def members(request, forked, folder, cluster):
  made = Members(forked, cluster.free_addresses(3), *request.param)
  yield made
  made.close()


def wait_for_more(program, text, times=2):
  """Waits until `program` prints `text` so many times from now on."""
  wanted = program.stdout.count(text) + times
  while program.stdout.count(text) < wanted:
    assert program.code is None, program.stdout[-2000:] + program.stderr
    time.sleep(.05)


def wait_for_file(pattern):
  while not list(pathlib.Path("made").glob(pattern)):
    time.sleep(.05)


@pytest.mark.slow
def test_faults(members, folder):
  from tfcompat_rnn._tf import tf
  synchronous = "--sync" in members.options
  wait_for_more(members.chief, "bits per character")
  wait_for_more(members.other, "bits per character")
  wait_for_file("worker-1/checkpoint")

  # A worker is killed and started again.
  members.other.signal(signal.SIGKILL)
  assert members.other.wait() == -signal.SIGKILL
  if not synchronous:
    wait_for_more(members.chief, "bits per character")
  members.other = members.start("worker", 1)
  members.other.wait_for("bits per character")
  assert re.search(r"joins at update [1-9]\d* with the state of made/worker-1/",
                   members.other.stdout)
  wait_for_more(members.chief, "bits per character")

  # A worker is stuck.
  members.other.signal(signal.SIGSTOP)
  try:
    named = f"worker 1 ({members.addresses[2]}) has "
    wait_for_more(members.chief, named)
    if synchronous:
      assert re.search(
          re.escape(named) + r"not handed in its gradients for update \d+ "
          "for 1 s; the others wait", members.chief.stdout)
      updates = members.chief.stdout.count("bits per character")
      wait_for_more(members.chief, named)
      assert members.chief.stdout.count("bits per character") == updates
    else:
      assert named + "taken no step for 1 s; the" in members.chief.stdout
      wait_for_more(members.chief, "bits per character")
  finally:
    members.other.signal(signal.SIGCONT)
  wait_for_more(members.other, "bits per character")
  wait_for_more(members.chief, "bits per character")

  # The chief is killed and started again.
  wait_for_file("checkpoint")
  members.chief.signal(signal.SIGKILL)
  assert members.chief.wait() == -signal.SIGKILL
  saved = tf.train.latest_checkpoint("made")
  if not synchronous:
    wait_for_more(members.other, "bits per character")
  members.chief = members.start("worker", 0)
  members.chief.wait_for("bits per character")
  assert f"goes on from {saved}\n" in members.chief.stdout
  wait_for_more(members.other, "bits per character")

  # The parameter server is lost.
  members.ps.signal(signal.SIGKILL)
  assert members.chief.wait() == members.other.wait() == 1
  whole = tf.train.latest_checkpoint("made")
  for program in (members.chief, members.other):
    assert f"has lost ps 0 ({members.addresses[0]})" in program.stderr
    assert f"the last checkpoint is {whole}" in program.stderr
    assert "Traceback" not in program.stderr
  reader = tf.train.load_checkpoint(whole)
  values = {name: reader.get_tensor(name)  # checks what it reads
            for name in reader.get_variable_to_shape_map()}
  assert values["global_step"] > 0 and values["table"].shape[1] == 32
  assert not any("state" in name for name in values)


@pytest.mark.slow
def test_on_one_machine(forked, folder, cluster):
  done = forked.run([SCRIPT, *SMALL, "--local", "1x2", "--steps", "200",
                     "--rate", ".02", "--folder", "made"], timeout=900)
  assert done.returncode == 0, done.stdout + done.stderr
  for number in (0, 1):
    losses = re.findall(
        rf"^worker {number}   update +\d+   (.*) bits per .* characters/s$",
        done.stdout, re.M)
    assert float(losses[-1]) < float(losses[0])
    assert f"worker {number}   has finished at update 20" in done.stdout
  picture = (folder / "train_char_lm.png").read_bytes()
  assert picture[:4] == b"\x89PNG" and 5000 < len(picture) < 100000

  # It goes on with other numbers of processes, each started by itself.
  ps, *workers = cluster.free_addresses(4)
  words = [SCRIPT, *SMALL, "--ps", ps, "--workers", ",".join(workers),
           "--steps", "260", "--folder", "made", "--job"]
  jobs = [forked.start([*words, *job], timeout=900) for job in (
      ["ps"], ["worker"], ["worker", "--task", "1"], ["worker", "--task", "2"])]
  assert [job.wait() for job in jobs] == [0] * 4, jobs[1].stderr
  assert re.search(r"goes on from made/model-20\d\n", jobs[1].stdout)
  assert ["has another part of the text than before" in job.stdout
          for job in jobs[1:]] == [True, True, False]
  assert all("has finished at update 26" in job.stdout for job in jobs[1:])


@pytest.mark.slow
@pytest.mark.parametrize("words, said", [
    ([*SMALL, "--units", "9", "--job", "worker"],
     "made contains a model made with --units 8"),
    ([*SMALL, "--job", "worker", "--task", "1"],
     "--task must be the number of one of the addresses of --workers, got 1"),
    ([*SMALL], "pass --local 1x2, or --ps, --workers, --job and --task"),
    (["--draw", "--folder", "nothing"], "nothing has no summaries"),
    (["--local", "0x1"], "invalid layout value: '0x1'")])
def test_what_is_refused(forked, folder, words, said):
  from tfcompat_rnn.datasets import text
  (folder / "made").mkdir()
  characters = text.Vocabulary(
      (folder / "some.txt").read_text(), least=3).characters
  (folder / "made" / "settings.json").write_text(
      json.dumps({"units": 8, "characters": characters}))
  done = forked.run([SCRIPT, "--folder", "made", "--ps", "localhost:1",
                     "--workers", "localhost:0", *words])
  assert done.returncode in (1, 2)
  assert said in done.stderr and "Traceback" not in done.stderr


def test_the_page_names_what_is_there():
  page = docs_blocks.Page("distributed.md")
  script = SCRIPT.read_text()
  commands = [line for code in page.codes("sh") for line in code.splitlines()
              if "train_char_lm" in line]
  assert len(commands) == 4
  for name in set(re.findall(r"(?<![\w-])--[\w-]+", " ".join(commands))) | {
      "--patience", "--draw", "--sync"}:
    assert f'"{name}"' in script
  for target in re.findall(r"\]\(([^)#]+)", page.text):
    assert (docs_blocks.DOCS / target).exists(), target


MEMBER = """
import os, signal, sys
job, task = sys.argv[sys.argv.index("--job") + 1:][:3:2]
print(job, task, "begins", flush=True)
if job == "worker" and task == sys.argv[1] and not os.path.exists("once"):
  open("once", "w").close()
  os.kill(os.getpid(), signal.SIGKILL)
if task == sys.argv[2]:
  sys.exit(3)
"""


def test_what_is_killed_is_started_again(cluster, tmp_path, monkeypatch,
                                         capfd):
  monkeypatch.chdir(tmp_path)
  pathlib.Path("member.py").write_text(MEMBER)
  assert cluster.Local(["member.py", "1", "-"], 1, 2).run() == 0
  said = capfd.readouterr().out
  assert "worker 1 has ended (SIGKILL); it is started again\n" in said
  assert said.count("worker 1 begins") == 2 and said.count("begins") == 4
  assert cluster.Local(["member.py", "-", "0"], 1, 1).run() == 1
  said = capfd.readouterr().out
  assert "worker 0 has ended (exit code 3), so all others are ended\n" in said


@pytest.mark.parametrize("synchronous, looks, said", [
    (False, [[5, 5], [6, 5]], ["worker 1 (b:2) has taken no step for 3 s; the "
                               "others go on"]),
    (False, [[5, 5], [5, 5]], []),
    (False, [[5, 2**31 - 1], [6, 2**31 - 1]], []),
    (True, [[7, 6], [7, 6]], [
        "worker 1 (b:2) has not handed in its gradients for update 7 for 3 s; "
        "the others wait: let it go on, or end it and start it again"]),
    (True, [[7, 6], [7, 7]], []),
    (True, [[6, 6], [7, 6]], []),
    (True, [[7, 7], [7, 7]], [
        "no update for 3 s although no worker is behind; worker 0 (a:1), the "
        "chief, applies the updates: is it running?"])])
def test_who_is_named(cluster, synchronous, looks, said):
  watch = cluster.Watch(None, None, (), ["a:1", "b:2"], 0, synchronous, 3.,
                        None)
  assert watch._stuck(*looks) == said


def test_an_update_is_looked_for_three_times(cluster):
  """Before the parameter servers count as lost."""
  answers = iter([TimeoutError(), TimeoutError(), [1, 1],
                  *3 * [TimeoutError()]])
  lost = []

  def look(seconds):
    answer = next(answers, [1, 1])
    if isinstance(answer, Exception):
      raise answer
    return answer

  watch = cluster.Watch(look, lost.append, (TimeoutError,), ["a:1", "b:2"], 0,
                        False, .01, None)
  watch.start()
  while not lost:
    time.sleep(.01)
  watch.stop()
  assert len(lost) == 1
