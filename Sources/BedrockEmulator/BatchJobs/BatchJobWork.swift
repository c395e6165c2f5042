import AWSServer
import AWSWire
import Foundation

/// The work on one batch job: reads its input, writes its output, and keeps its status, on the emulator's clock.
struct BatchJobWork: Sendable {
  /// A job waits for this many latencies of a reply before its validation, and as long again before it begins.
  private static let latenciesBefore = 5.0
  /// A record takes this share of the latency of a reply.
  private static let latenciesPerRecord = 0.05
  /// Records between two looks at the clock and at the job.
  private static let recordsAtOnce = 100
  /// Jobs that are processed at the same time, so that their memory is bounded; others are Scheduled.
  private static let inProgressMax = 8
  /// Real seconds after which a waiting job looks whether it is to stop.
  private static let secondsBetweenLooks = 0.2

  private enum Ending: Error {
    case ended(BatchJob.Status, String?)
    /// The emulator stops, or has forgotten the job.
    case gone
  }

  let job: BatchJob
  let jobs: SubmittedJobs<BatchJob>
  let runtime: BedrockRuntimeService
  let target: InvocationTarget
  let quotas: BatchQuotas
  let s3: S3Folder
  let input: S3Location
  let output: S3Location
  let start: EmulatorClock.Moment

  func run() async {
    do {
      try await course()
    } catch Ending.ended(let status, let message) {
      jobs.update(job.id) { $0.end(status, message, at: runtime.clock.date) }
    } catch let problem as S3Folder.Problem {
      jobs.update(job.id) { $0.end(.failed, problem.message, at: runtime.clock.date) }
    } catch {
      // Nobody sees the job any more.
    }
  }

  private func course() async throws {
    let pause = runtime.settings.latency * Self.latenciesBefore
    try await wait(pause)
    try move(to: .validating)
    try await wait(2 * pause)
    let (files, records) = try await validate()
    try await waitForTurn()
    var counts = BatchJob.Counts()
    counts.total = records
    note(counts)
    var elapsed = 2 * pause
    let folder = output.appending(job.id)
    var ending = BatchJob.Status.completed
    for file in files {
      var reader = try s3.read(file)
      var writer = try s3.write(folder.appending((file.path.last ?? "input") + ".out"))
      var number = 0
      while ending == .completed, let line = try reader.next() {
        number += 1
        try write(line, number, to: &writer, &counts)
        elapsed += runtime.settings.latency * Self.latenciesPerRecord
        guard number % Self.recordsAtOnce == 0 else { continue }
        note(counts)
        await Task.yield()
        ending = try await pauses(until: elapsed)
      }
      if ending == .completed { ending = try await pauses(until: elapsed) }
      try writer.finish()
      guard ending == .completed else { break }
    }
    var manifest = try s3.write(folder.appending("manifest.json.out"))
    try manifest.write(counts.manifest.data)
    try manifest.finish()
    note(counts)
    throw Ending.ended(ending, nil)
  }

  // MARK: - Records

  private func write(
    _ line: S3Reader.Line, _ number: Int, to writer: inout S3Writer, _ counts: inout BatchJob.Counts
  ) throws {
    counts.processed += 1
    // The file was validated, but may have changed since.
    guard case .text(let bytes) = line, let record = BatchRecord(bytes, number: number) else {
      counts.failed += 1
      let problem: JSONValue = [
        "error": ["errorCode": 400, "errorMessage": "The record is not a JSON object with a modelInput."],
        "recordId": .string("line \(number)"),
      ]
      return try writer.write(Array(problem.data) + [UInt8(ascii: "\n")])
    }
    let written: [UInt8]
    do throws(AWSFault) {
      let seed = SplitMix64.mix(UInt64(job.number) << 32 ^ UInt64(number))
      let reply = try runtime.batchReply(to: record.modelInput, target, isConverse: job.isConverse, seed: seed)
      counts.succeeded += 1
      counts.inputTokens += reply.tokens.allInput
      counts.outputTokens += reply.tokens.output
      written = record.line(output: reply.body)
    } catch {
      counts.failed += 1
      written = record.line(error: error)
    }
    try writer.write(written)
  }

  /// - Returns: the files of the input, and their records together.
  private func validate() async throws -> (files: [S3Location], records: Int) {
    let files = try inputFiles()
    var (records, bytes) = (0, 0)
    for file in files {
      var reader = try s3.read(file)
      var number = 0
      while let line = try reader.next() {
        number += 1
        guard case .text(let text) = line, BatchRecord(text, number: number) != nil else {
          throw Ending.ended(
            .failed, "\(file.uri), record \(number): a record must be a JSON object with a modelInput that is an object.")
        }
        guard number % Self.recordsAtOnce == 0 else { continue }
        await Task.yield()
        try checkGoesOn()
      }
      if let problem = quotas.problem(of: file.uri, bytes: reader.byteCount, records: number) {
        throw Ending.ended(.failed, problem)
      }
      records += number
      bytes += reader.byteCount
    }
    if let problem = quotas.problem(ofJob: job.arn, bytes: bytes, records: records) { throw Ending.ended(.failed, problem) }
    return (files, records)
  }

  /// The file that the job names, or the JSONL files in the folder that it names.
  private func inputFiles() throws -> [S3Location] {
    guard let files = try s3.files(in: input) else { return [input] }
    let lines = files.filter { $0.path.last?.hasSuffix(".jsonl") == true }
    guard !lines.isEmpty else { throw Ending.ended(.failed, "There is no .jsonl file in \(input.uri).") }
    return lines
  }

  // MARK: - Time

  private func move(to status: BatchJob.Status) throws {
    let time = runtime.clock.date
    guard jobs.update(job.id, { $0.move(to: status, at: time) }) != nil else { throw Ending.gone }
    try checkGoesOn()
  }

  private func note(_ counts: BatchJob.Counts) { jobs.update(job.id) { $0.note(counts, at: runtime.clock.date) } }

  /// Waits until other jobs leave room, and begins.
  private func waitForTurn() async throws {
    while true {
      let time = runtime.clock.date
      let hasRoom = { (jobs: [BatchJob]) in jobs.count { $0.status == .inProgress } < Self.inProgressMax }
      guard let begins = jobs.update(job.id, if: hasRoom, { $0.move(to: .inProgress, at: time) }) else { throw Ending.gone }
      if begins { return try checkGoesOn() }
      try move(to: .scheduled)
      try await slice(atMost: .infinity)
      if runtime.clock.date >= job.expiration { throw Ending.ended(.expired, nil) }
    }
  }

  /// Waits until some seconds after the start, while the job goes on. It hasn't begun yet.
  private func wait(_ seconds: Double) async throws {
    try await slices(until: seconds)
    if runtime.clock.date >= job.expiration { throw Ending.ended(.expired, nil) }
  }

  /// Waits until some seconds after the start. It has begun.
  /// - Returns: how the job ends now; `completed` if it goes on.
  private func pauses(until seconds: Double) async throws -> BatchJob.Status {
    do {
      try await slices(until: seconds)
    } catch Ending.ended(let status, _) where status == .stopped {
      return .stopped
    }
    return runtime.clock.date >= job.expiration ? .partiallyCompleted : .completed
  }

  /// Waits until some seconds after the start, or until the job's time is over.
  private func slices(until seconds: Double) async throws {
    while runtime.clock.date < job.expiration {
      let left = seconds - Double(runtime.clock.now - start.instant) / 1e9
      guard left > 0 else { break }
      try await slice(atMost: left)
    }
    try checkGoesOn()
  }

  /// Waits shortly, so that it notices soon that the job is to stop or was forgotten.
  private func slice(atMost seconds: Double) async throws {
    try checkGoesOn()
    let length = min(max(runtime.clock.scale, 0.001) * Self.secondsBetweenLooks, seconds)
    try await runtime.clock.sleep(Int64(length * 1e9) + 1, after: runtime.clock.moment)
  }

  private func checkGoesOn() throws {
    guard !Task.isCancelled, let now = jobs.find(job.id) else { throw Ending.gone }
    if now.status == .stopping { throw Ending.ended(.stopped, nil) }
  }
}
