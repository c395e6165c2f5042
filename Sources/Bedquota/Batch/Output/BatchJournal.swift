import Foundation

/// Records which results of a run are safe on disk. The journal is a file beside the output, with a line for each batch of
/// results. It holds no prompts and no replies: only hashes.
///
/// A batch is written to the output and flushed to the disk before the journal gets its line. A run that resumes takes the output
/// as the truth: every whole line is a result. The journal adds the bodies that the results belong to, so that a record that has
/// changed is not taken for done; and the output's length, so that a loss is noticed.
///
/// The journal is locked while its run lasts.
struct BatchJournal: Sendable {
  /// Records that a line names at most.
  private static let recordsPerLineMax = 200

  private var file: AppendedFile
  /// The sum of the last line.
  private var sum: String

  static func path(of output: String) -> String { output + ".progress" }

  /// Writes a new journal, which takes the place of `old` when it is complete.
  /// - Parameters:
  ///   - cutBytes: of a shard, the size of the whole input.
  ///   - old: the journal that is there and is locked by this process; nil if there is none.
  ///   - records: the keys of the records that have results, in the order of the output, without those of which only the id is
  ///     known.
  ///   - bytes: the output's length with these results.
  /// - Throws: ``BedquotaError`` (`file`); ``Taken`` if a journal has appeared meanwhile.
  init(
    _ path: String, replacing old: AppendedFile?, model: String, cutBytes: UInt64? = nil, records: [RecordKey] = [],
    bytes: UInt64 = 0
  ) throws {
    let temporary = AppendedFile.temporary(beside: path)
    var file = try AppendedFile(temporary, isNew: true)
    do {
      guard try file.locks() else { throw SystemFailure(EWOULDBLOCK) }
      var sum = ""
      var text = Data()
      func add(_ value: some Encodable) throws {
        let encoded = try JournalLine.encode(value, after: sum)
        sum = encoded.sum
        text += encoded.line
      }
      try add(JournalLine.Header(model: model, process: getpid(), cutBytes: cutBytes))
      for start in stride(from: 0, to: records.count, by: Self.recordsPerLineMax) {
        let part = records[start..<min(start + Self.recordsPerLineMax, records.count)]
        try add(JournalLine.Entry(bytes: bytes, records: part.map(\.text)))
      }
      try file.append(text)
      if old == nil {
        do throws(SystemFailure) {
          self.file = try file.placed(at: path)
        } catch {
          // Another run has made a journal since.
          throw error.number == EEXIST ? Taken() : error
        }
      } else {
        self.file = try file.moved(to: path)
      }
      self.sum = sum
    } catch {
      unlink(temporary)
      if error is SystemFailure { throw AppendedFile.unwritable(path, error) }
      throw error
    }
  }

  /// Another run made a journal of this name first.
  struct Taken: Error {}

  /// - Parameter bytes: the output's length in bytes, with these records flushed to it.
  /// - Throws: ``SystemFailure``, after which the journal is as it was; ``BedquotaError`` (`file`).
  mutating func append(_ records: [RecordKey], bytes: UInt64) throws {
    let (line, sum) = try JournalLine.encode(JournalLine.Entry(bytes: bytes, records: records.map(\.text)), after: sum)
    try file.append(line)
    self.sum = sum
  }
}
