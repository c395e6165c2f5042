import AWSClient
import AWSWire
import AdmissionControl
import BedrockQuotas
public import Foundation
import Synchronization

/// Sends every record of a file, as fast as the quota allows.
public final class BatchRun: Sendable {
  public struct Options: Sendable {
    /// Records under way at once.
    public var concurrency = 512
    /// Results in the order of the input; else as they come.
    public var isOrdered = false
    /// Goes on where an earlier run ended.
    public var resumes = false

    public init() {}
  }

  /// How far a run has come.
  public struct Progress: Sendable, Equatable {
    /// Of this run.
    public var succeeded = 0
    public var failed = 0
    /// Of earlier runs.
    public var done = 0
  }

  private let input: URL
  private let client: QuotaAwareClient
  private let options: Options
  private let reader: RecordReader
  private let output: BatchOutput
  private let counts: Mutex<Progress>
  private let isStopping = Mutex(false)

  /// - Throws: ``BedquotaError`` (`file`) for files that can't be read or written, or don't belong together.
  public init(input: URL, output: URL, client: QuotaAwareClient, options: Options = Options()) throws {
    self.input = input
    self.client = client
    self.options = options
    let files = FileManager.default
    guard files.isReadableFile(atPath: input.path) else { throw BedquotaError(.file, "\(input.path) can't be read.") }
    guard input.standardizedFileURL != output.standardizedFileURL else {
      throw BedquotaError(.file, "The output must be another file than the input.")
    }
    let model = client.resolution.id
    let (journal, done, bytes): (BatchJournal, RecordSet, UInt64)
    if options.resumes {
      (journal, done, bytes) = try BatchJournal.resume(output, input: input, model: model)
    } else {
      guard !files.fileExists(atPath: output.path) else {
        throw BedquotaError(.file, "\(output.path) is there already; go on with --resume, or choose another file.")
      }
      (journal, done, bytes) = (try BatchJournal(for: output, input: input, model: model), RecordSet(), 0)
    }
    reader = try RecordReader(input, done: done)
    self.output = try BatchOutput(output, journal: journal, bytes: bytes, isOrdered: options.isOrdered)
    counts = Mutex(Progress(done: done.count))
  }

  public var progress: Progress { counts.withLock { $0 } }

  /// Takes no more records; ``run()`` returns when those under way have ended.
  public func stop() { isStopping.withLock { $0 = true } }

  /// - Returns: how far it came.
  /// - Throws: ``BedquotaError`` (`file`) where the output can't be written any more.
  public func run() async throws -> Progress {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { [output] in
        while (try? await Task.sleep(for: .milliseconds(250))) != nil { try await output.flush() }
      }
      try await withThrowingTaskGroup(of: Void.self) { workers in
        for _ in 0..<max(1, options.concurrency) {
          workers.addTask { [self] in
            while !isStopping.withLock({ $0 }) {
              guard let (record, place) = try await reader.take() else { return }
              try await output.write(record, place: place, try await process(record))
            }
          }
        }
        try await workers.waitForAll()
      }
      group.cancelAll()
    }
    try await output.flush()
    return progress
  }

  private func process(_ record: BatchRecord) async throws -> JSONValue.Member {
    guard let request = record.request else { return failed("ValidationException", record.problem ?? "") }
    do {
      let reply = try await client.send(request)
      counts.withLock { $0.succeeded += 1 }
      return .init("modelOutput", (try? JSONValue(reply.body)) ?? .string(String(decoding: reply.body, as: UTF8.self)))
    } catch let error as AWSClientError {
      return failed(error.service?.code ?? error.code.name, error.service?.message ?? error.message)
    } catch let refusal as Refusal {
      return failed("Refused", refusal.description)
    }
  }

  private func failed(_ code: String, _ message: String) -> JSONValue.Member {
    counts.withLock { $0.failed += 1 }
    return .init("error", ["errorCode": .string(code), "errorMessage": .string(message)])
  }
}
