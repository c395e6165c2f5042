import Foundation

/// What the journal of an earlier run says, as far as it is sound.
struct JournalContents: Equatable {
  /// nil if the first line is missing or damaged.
  var model: String?
  /// See ``JournalLine/Header/cutBytes``.
  var cutBytes: UInt64?
  /// The process that wrote it.
  var process: Int32?
  /// The keys of the records that have results, in the order of the output.
  var records: [RecordKey] = []
  /// The output's length in bytes that the last sound line confirms.
  var bytes: UInt64 = 0
  /// The first line that is damaged, from 1; nil if none is.
  var damagedLine: Int?
  /// Whether it is of a version whose journals name records by their lines.
  var isOld = false
  var isEmpty = true

  /// Reads a journal. A last line without a newline was cut off by a crash, and is left out.
  /// - Throws: ``SystemFailure``.
  init(_ source: some ByteSource) throws {
    var lines = LineReader(source)
    var (number, previous) = (0, "")
    while let line = try lines.next() {
      isEmpty = false
      number += 1
      guard line.isWhole else {
        // A crash leaves the beginning of a line; anything else is damage.
        if line.bytes.first != UInt8(ascii: "{") || line.bytes.contains(0) { damaged(number) }
        break
      }
      if number == 1 {
        previous = readHeader(line.bytes)
      } else if isOld {
        readOldEntry(line.bytes)
      } else {
        guard let (content, sum) = JournalLine.split(line.bytes) else {
          damaged(number)
          continue
        }
        if JournalLine.sum(of: content, after: previous) == sum, let entry = JournalLine.decode(JournalLine.Entry.self, content) {
          records += entry.records.compactMap(RecordKey.init)
          bytes = entry.bytes
        } else {
          damaged(number)
        }
        // The next line can be checked all the same.
        previous = sum
      }
    }
  }

  /// Whether the file is a journal, damaged or not, and not somebody's notes that have its name.
  var isJournal: Bool { isEmpty || model != nil }

  private mutating func damaged(_ number: Int) { damagedLine = damagedLine ?? number }

  private struct OldEntry: Codable { var bytes: UInt64 }
  private struct OldHeader: Codable { var input: String, model: String }

  /// - Returns: the sum that the line states.
  private mutating func readHeader(_ line: [UInt8]) -> String {
    if let (content, sum) = JournalLine.split(line) {
      if JournalLine.sum(of: content, after: "") == sum, let header = JournalLine.decode(JournalLine.Header.self, content) {
        (model, process, cutBytes) = (header.model, header.process, header.cutBytes)
      } else {
        damaged(1)
      }
      return sum
    }
    if let old = try? JSONDecoder().decode(OldHeader.self, from: Data(line)) {
      (model, isOld) = (old.model, true)
    } else {
      damaged(1)
    }
    return ""
  }

  private mutating func readOldEntry(_ line: [UInt8]) {
    if let entry = try? JSONDecoder().decode(OldEntry.self, from: Data(line)) { bytes = entry.bytes }
  }
}
