import Bedquota
import Testing

@testable import BedquotaCommands

/// The part of a file that a process sends, by its option and its job's environment.
struct ShardOptionTests {
  @Test(arguments: [("0/1", 0, 1), ("3/32", 3, 32)])
  func named(text: String, index: Int, count: Int) throws {
    #expect(try ShardOption(argument: text)?.shard(of: [:]) == BatchShard(index: index, count: count))
  }

  @Test(arguments: ["", "3", "3/", "/3", "4/4", "-1/4", "1/0", "+1/4", "a/4", "auto/", "auto/0", "auto/x", "1/2/3", "1/100001"])
  func noShard(text: String) { #expect(ShardOption(argument: text) == nil) }

  @Test(
    arguments: [
      ("auto/4", ["JOB_COMPLETION_INDEX": "3"], "3/4"),
      (
        "auto",
        [
          "SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_MAX": "7", "SLURM_ARRAY_TASK_COUNT": "8",
        ], "5/8"
      ),
      // sbatch --array=3, to run one again
      (
        "auto/8",
        [
          "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_MAX": "3", "SLURM_ARRAY_TASK_COUNT": "1",
        ], "3/8"
      ),
      ("auto", ["AWS_BATCH_JOB_ARRAY_INDEX": "9", "AWS_BATCH_JOB_ARRAY_SIZE": "10"], "9/10"),
      ("auto/16", ["AWS_BATCH_JOB_ARRAY_INDEX": "9"], "9/16"),
    ])
  func ofAJob(text: String, environment: [String: String], shard: String) throws {
    #expect(try ShardOption(argument: text)?.shard(of: environment).description == shard)
  }

  @Test(
    arguments: [
      ("auto", [:], "JOB_COMPLETION_INDEX"), ("auto", ["JOB_COMPLETION_INDEX": "3"], "auto/32"),
      ("auto/3", ["JOB_COMPLETION_INDEX": "3"], "shard 3 of 3"),
      ("auto/3", ["JOB_COMPLETION_INDEX": "x"], "JOB_COMPLETION_INDEX"),
      (
        "auto",
        [
          "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_MAX": "3", "SLURM_ARRAY_TASK_COUNT": "1",
        ], "auto/32"
      ),
      ("auto", ["SLURM_ARRAY_TASK_ID": "9223372036854775807", "SLURM_ARRAY_TASK_MIN": "-1"], "auto/32"),
    ] as [(String, [String: String], String)])
  func aJobThatDoesNotTell(text: String, environment: [String: String], words: String) throws {
    let option = try #require(ShardOption(argument: text))
    let error = #expect(throws: (any Error).self) { try option.shard(of: environment) }
    #expect("\(error as Any)".contains(words))
  }
}
