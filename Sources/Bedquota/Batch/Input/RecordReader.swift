import Foundation

/// Reads the records of an input that have no result yet, in order.
actor RecordReader {
  /// A record to be sent.
  struct Entry: Sendable {
    /// Zero-based position of the record within this run.
    var position: Int
    var record: BatchRecord
  }

  private let executor = FileExecutor(label: "bedquota.batch.input")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let input: BatchInput
  private var records: Records
  private var done: DoneRecords
  private var position = 0

  /// - Parameter done: records to skip, because they have a result.
  init(_ input: BatchInput, done: DoneRecords) throws {
    self.input = input
    records = try Records(input)
    self.done = done
  }

  /// The next record to send; nil at the end.
  /// - Throws: ``BedquotaError`` (`file`) if the input can't be read or was changed.
  func next() throws -> Entry? {
    while let record = try records.next() {
      guard done.isEmpty || !done.take(record.key) else { continue }
      defer { position += 1 }
      return Entry(position: position, record: record)
    }
    return nil
  }

  /// All records of an input, without blank lines.
  struct Records {
    private let input: BatchInput
    private var lines: LineReader
    private var index = 0

    init(_ input: BatchInput) throws {
      self.input = input
      lines = LineReader(try input.source(), lineBytesMax: BatchRecord.lineBytesMax)
    }

    /// - Throws: ``BedquotaError`` (`file`) if the input can't be read or was changed.
    mutating func next() throws -> BatchRecord? {
      while true {
        let line: LineReader.Line?
        do { line = try lines.next() } catch {
          throw BedquotaError.file("\(input.name) can't be read", error, parameters: ["input"])
        }
        // A file that somebody cuts ends with half a line, which must not become a record.
        if line?.isWhole != true { try input.checkUnchanged() }
        guard let line else { return nil }
        defer { index += 1 }
        if !line.isBlank { return BatchRecord(index: index, line, in: input.shard) }
      }
    }
  }
}
