import AWSClient
import AWSWire
import AdmissionControl
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
    public var concurrency = 512
    /// Whether results are written in the order of the input; otherwise they are written as they arrive.
    public var isOrdered = false
    /// Whether to continue where an earlier run ended, rather than begin a new output.
    public var resumes = false

    public init() {}
  }

  /// How far a run has come, in records.
  public struct Progress: Sendable, Equatable {
    /// Records that succeeded in this run.
    public var succeeded = 0
    /// Records that ended with an error in this run.
    public var failed = 0
    /// Records that ended in earlier runs.
    public var done = 0
  }

  /// The pause between two regular flushes; a full batch is written earlier.
  private static let flushInterval = Duration.milliseconds(250)

  private let client: QuotaAwareClient
  private let options: Options
  private let reader: RecordReader
  private let output: BatchOutput
  private let counts: Mutex<Progress>
  private let isStopping = Mutex(false)

  /// Opens the files.
  /// - Parameters:
  ///   - input: lines as in Bedrock's batch inference; see ``BatchRecord``.
  ///   - output: the file for the results. It must not exist unless the run resumes. A journal with the extension `.progress` is
  ///     kept beside it.
  ///   - client: sends the records; its statistics count them.
  ///   - options: how many records are handled at the same time, and in which order results are written.
  /// - Throws: ``BedquotaError`` (`file`) if a file can't be read or written, or the files don't belong to the same run.
  public init(input: URL, output: URL, client: QuotaAwareClient, options: Options = Options()) async throws {
    self.client = client
    self.options = options
    let model = client.resolution.id
    let (reader, writer, done) = try await FileExecutor.perform {
      let files = try Self.open(input, output, model: model, resumes: options.resumes)
      return (
        try RecordReader(input, done: files.done), try BatchWriter(output, journal: files.journal, bytes: files.bytes),
        files.done.count
      )
    }
    self.reader = reader
    self.output = BatchOutput(writer, isOrdered: options.isOrdered)
    counts = Mutex(Progress(done: done))
  }

  private static func open(_ input: URL, _ output: URL, model: String, resumes: Bool) throws -> BatchJournal.Resumed {
    let files = FileManager.default
    guard files.isReadableFile(atPath: input.path) else {
      throw BedquotaError(.file, "\(input.path) can't be read.", parameters: ["input"])
    }
    guard input.standardizedFileURL != output.standardizedFileURL else {
      throw BedquotaError(.file, "The output must be another file than the input.", parameters: ["outputFile"])
    }
    if resumes { return try BatchJournal.resume(output, input: input, model: model) }
    guard !files.fileExists(atPath: output.path) else {
      throw BedquotaError(
        .file, "\(output.path) is there already; resume its run, or choose another output file.",
        parameters: ["resume", "outputFile"])
    }
    return .init(journal: try BatchJournal(for: output, input: input, model: model))
  }

  public var progress: Progress { counts.withLock { $0 } }

  /// Starts no more records; ``run()`` returns when those that have started have ended.
  public func stop() { isStopping.withLock { $0 = true } }

  /// Sends the records, and returns when all have ended or ``stop()`` was called.
  /// - Returns: the progress at the end of the run.
  /// - Throws: ``BedquotaError`` (`file`) if the input can't be read or the output can't be written any more;
  ///   `CancellationError`.
  public func run() async throws -> Progress {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [output] in
        while (try? await Task.sleep(for: Self.flushInterval)) != nil { try await output.flush() }
      }
      try await withThrowingTaskGroup(of: Void.self) { workers in
        for _ in 0..<max(1, options.concurrency) {
          workers.addTask { [self] in try await work() }
        }
        try await workers.waitForAll()
      }
      group.cancelAll()
    }
    try await output.flush()
    return progress
  }

  /// Handles one record after the other, until the input ends or the run stops.
  private func work() async throws {
    while !isStopping.withLock({ $0 }), let line = try await reader.next() {
      let record = BatchRecord(index: line.index, line: line.text, model: client.resolution.modelID)
      try await output.write(BatchResult(record, try await answer(record)), position: line.position)
    }
  }

  private func answer(_ record: BatchRecord) async throws -> JSONValue.Member {
    guard let request = record.request else { return failed("ValidationException", record.problem ?? "") }
    do {
      let reply = try await client.send(request)
      counts.withLock { $0.succeeded += 1 }
      return .init("modelOutput", reply.json ?? .string(String(decoding: reply.body, as: UTF8.self)))
    } catch let error as AWSClientError {
      return failed(error.shortDescription, error.service?.message ?? error.message)
    } catch let error as BedquotaError {
      return failed(error.shortDescription, error.message)
    } catch let refusal as Refusal {
      return failed("Refused", refusal.message)
    }
  }

  private func failed(_ code: String, _ message: String) -> JSONValue.Member {
    counts.withLock { $0.failed += 1 }
    return .init("error", ["errorCode": .string(code), "errorMessage": .string(message)])
  }
}
