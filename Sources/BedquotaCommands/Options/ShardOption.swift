import ArgumentParser
import Bedquota
import Foundation

/// Which part of a file a process sends.
enum ShardOption: ExpressibleByArgument, Equatable {
  case part(BatchShard)
  /// What the environment of a job says; with the number of shards, if that doesn't say it.
  case auto(count: Int?)

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    let numbers = parts.map { $0.allSatisfy(\.isASCIIDigit) ? Int($0) : nil }
    switch (parts.first, parts.count) {
    case ("auto", 1): self = .auto(count: nil)
    case ("auto", 2):
      guard let count = numbers[1], BatchShard(index: 0, count: count) != nil else { return nil }
      self = .auto(count: count)
    case (_, 2):
      guard let index = numbers[0], let count = numbers[1], let shard = BatchShard(index: index, count: count) else { return nil }
      self = .part(shard)
    default: return nil
    }
  }

  /// - Throws: a sentence that says what the environment lacks.
  ///
  /// Sources: kubernetes.io/docs/concepts/workloads/controllers/job (completion mode), slurm.schedmd.com/job_array.html,
  /// docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
  func shard(of environment: [String: String]) throws -> BatchShard {
    let asked: Int?
    switch self {
    case .part(let shard): return shard
    case .auto(let count): asked = count
    }
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
    let index: Int
    var count = asked
    if let task = number("SLURM_ARRAY_TASK_ID") {
      // A part of an array that is run again has other numbers and another count, and would begin the file anew.
      let (first, last) = (number("SLURM_ARRAY_TASK_MIN") ?? 0, number("SLURM_ARRAY_TASK_MAX"))
      let all = number("SLURM_ARRAY_TASK_COUNT").flatMap { $0 > 1 && first == 0 && last == $0 - 1 ? $0 : nil }
      (index, count) = (task, asked ?? all)
    } else if let job = number("AWS_BATCH_JOB_ARRAY_INDEX") {
      index = job
      count = count ?? number("AWS_BATCH_JOB_ARRAY_SIZE")
    } else if let job = number("JOB_COMPLETION_INDEX") {
      index = job
    } else {
      throw ValidationError(
        "--shard auto needs JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID or AWS_BATCH_JOB_ARRAY_INDEX in the environment; or name i/n."
      )
    }
    guard let count else {
      throw ValidationError("The environment doesn't say how many shards there are; name them, as in --shard auto/32.")
    }
    guard let shard = BatchShard(index: index, count: count) else {
      throw ValidationError("The environment says shard \(index) of \(count); shards go from 0 to \(count - 1).")
    }
    return shard
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
