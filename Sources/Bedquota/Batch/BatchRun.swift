import BedrockQuotas
public import Foundation
import Synchronization

/// Sends every record of a file, as fast as the quota allows.
///
/// ```swift
/// let run = try await BatchRun(input: URL(filePath: "prompts.jsonl"), output: URL(filePath: "replies.jsonl"), client: client)
/// let progress = try await run.run()
/// print(progress.succeeded, progress.failed)
/// ```
///
/// Results are made safe on disk several times a second. After a crash, a run with ``Options/resumes`` continues where the
/// earlier one ended.
public final class BatchRun: Sendable {
  public struct Options: Sendable {
    /// The most records that are handled at the same time, including those that wait for the quota; at least 1.
    public var concurrency = 1_000
    /// Whether results are written in the order of the input; otherwise they are written as they arrive.
    public var isOrdered = false
    /// Whether to continue where an earlier run ended, rather than begin a new output.
    public var resumes = false
    /// Whether to continue as with ``resumes``, and to send again the records whose results are errors. Those results leave the
    /// output.
    public var retriesFailed = false
    /// The API that takes the bodies of lines that don't name one themselves; nil: the shape of each body decides.
    public var api: ModelRequest.API?

    public init() {}
  }

  /// How far a run has come, in records.
  public struct Progress: Sendable, Equatable {
    /// Records whose replies this run has made safe on disk.
    public var succeeded = 0
    /// Records that ended with an error in this run.
    public var failed = 0
    /// Records that ended in earlier runs.
    public var done = 0
    /// Records that ended with an error in earlier runs; they are among ``done``.
    public var failedBefore = 0
    /// Why the run ended before its input did: expired credentials, for example. nil if it didn't, or was stopped by the caller.
    public var reason: String?
  }

  /// The pause between two regular flushes; a full batch is written earlier.
  private static let flushInterval = Duration.milliseconds(250)

  let client: any ModelClient
  let reader: RecordReader
  let output: BatchOutput
  let state: Mutex<RunState>
  let options: Options
  /// The results of earlier runs, and those of them that are errors.
  private let before: (results: Int, errors: Int)
  /// Sentences about what was found damaged in the files of an earlier run, and was mended.
  public let notes: [String]

  /// Opens the files.
  /// - Parameters:
  ///   - input: lines as in the batch inference of Bedrock, OpenAI or Anthropic; see ``BatchRecord``. They may be compressed (gzip).
  ///   - output: the file for the results; compressed if its name ends in `.gz`. Unless the run resumes, it must not exist or must be empty. A
  ///     journal with the extension `.progress` is kept beside it. Only their owner may read them.
  ///   - client: sends the records; its statistics count them. Its patience also holds for a full disk.
  ///   - options: how many records are handled at the same time, and in which order results are written.
  /// - Throws: ``BedquotaError`` (`file`) if a file can't be read or written, is used by another run, or the files don't belong to
  ///   the same run.
  public convenience init(input: URL, output: URL, client: QuotaAwareClient, options: Options = Options()) async throws {
    try await self.init(input: FileExecutor.perform { try BatchInput(input) }, output: output, client: client, options: options)
  }

  /// Opens the files of a run over several scopes.
  /// - Parameter router: sends the records, as the client does above. A run that resumes may have other Regions and accounts.
  /// - Throws: ``BedquotaError`` (`file`), as above.
  public convenience init(input: URL, output: URL, router: QuotaRouter, options: Options = Options()) async throws {
    try await self.init(input: FileExecutor.perform { try BatchInput(input) }, output: output, through: router, options: options)
  }

  /// Opens the output, for an input that is open.
  /// - Throws: ``BedquotaError`` (`file`), as above.
  public convenience init(input: BatchInput, output: URL, client: QuotaAwareClient, options: Options = Options()) async throws {
    try await self.init(input: input, output: output, through: client, options: options)
  }

  /// Opens the output, for an input that is open.
  /// - Throws: ``BedquotaError`` (`file`), as above.
  package init(input: BatchInput, output: URL, through client: any ModelClient, options: Options) async throws {
    self.client = client
    self.options = options
    let models = client.candidates.map(\.client.resolution.id)
    let (reader, files) = try await FileExecutor.perform {
      let files = try BatchFiles.open(input, output, models: models, options: options)
      return (try RecordReader(input, done: files.done), files)
    }
    self.reader = reader
    self.output = BatchOutput(BatchWriter(files, patience: client.firstClient.options.patience), isOrdered: options.isOrdered)
    before = (files.done.count, files.errors)
    notes = files.notes
    state = Mutex(RunState(start: client.firstClient.options.clock()))
  }

  public var progress: Progress {
    let counts = output.counts
    return Progress(
      succeeded: counts.results - counts.errors, failed: counts.errors, done: before.results, failedBefore: before.errors,
      reason: state.withLock { $0.reason })
  }

  /// Requests that were sent and have not ended.
  public var inFlight: Int { state.withLock { $0.inFlight } }

  /// Results that have arrived and are not on disk yet: a process that ends now loses them, though their replies are paid.
  public var unwritten: Int { output.unwritten }

  /// What the run waits for besides the quota: a service that is away, or a full disk. A sentence without a full stop; nil if it
  /// doesn't.
  public var waitingFor: String? { output.waitingFor ?? client.waitingFor }

  /// Sends nothing more, not even what waits for the quota; ``run()`` returns when the requests in flight have ended.
  public func stop() { stop(because: nil) }

  func stop(because reason: String?) {
    for gate in state.withLock({ $0.stop(reason) }) { gate.close() }
  }

  /// Sends the records, and returns when all have ended, ``stop()`` was called, or an error leaves no hope for the others.
  /// - Returns: the progress at the end of the run. What has no result is sent by a run that resumes.
  /// - Throws: ``BedquotaError`` (`file`) if the output can't be written any more; `CancellationError`.
  public func run() async throws -> Progress {
    do {
      return try await runToTheEnd()
    } catch let error as BedquotaError {
      throw output.lossStated(in: error)
    } catch is CancellationError {
      // Replies that have arrived are paid.
      try? await output.flush()
      throw CancellationError()
    }
  }

  private func runToTheEnd() async throws -> Progress {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask { [self] in
        try await withThrowingTaskGroup(of: Void.self) { workers in
          for _ in 0..<max(1, options.concurrency) { workers.addTask { [self] in try await work() } }
          // The first failure ends all workers.
          try await workers.waitForAll()
        }
        return true
      }
      group.addTask { [output] in
        while (try? await Task.sleep(for: Self.flushInterval)) != nil {
          do { try await output.flush() } catch is CancellationError { break }
        }
        return false
      }
      // A failure of either ends both, at once.
      while let isWork = try await group.next(), !isWork {}
      group.cancelAll()
    }
    try await output.flush()
    return progress
  }
}
