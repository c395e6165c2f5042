import Foundation

/// The lines of a file, one after the other, never more than one of them in memory.
actor RecordReader {
  /// InvokeModel takes bodies of 25 MB.
  private static let lineBytesMax = 26 * 1_024 * 1_024

  private let file: FileHandle
  private let done: RecordSet
  private var buffer = Data()
  private var isAtEnd = false
  private var index = 0

  /// - Parameter done: lines to leave out.
  init(_ url: URL, done: RecordSet) throws {
    do {
      file = try FileHandle(forReadingFrom: url)
    } catch {
      throw BedquotaError(.file, "\(url.path) can't be read: \((error as? CocoaError)?.localizedDescription ?? "\(error)").")
    }
    self.done = done
  }

  private var place = 0

  /// The next record, and the how-manieth it is that was handed out, from 0.
  func take() throws -> (BatchRecord, place: Int)? {
    guard let record = try next() else { return nil }
    defer { place += 1 }
    return (record, place)
  }

  /// The next line that is not done and not empty; nil at the end.
  private func next() throws -> BatchRecord? {
    while let line = try nextLine() {
      let index = index
      self.index += 1
      guard !done.contains(index), !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) else { continue }
      return BatchRecord(index: index, line: line)
    }
    return nil
  }

  private func nextLine() throws -> Data? {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        let line = buffer[buffer.startIndex..<end]
        buffer = buffer[(end + 1)...]
        return Data(line)
      }
      if isAtEnd {
        guard !buffer.isEmpty else { return nil }
        defer { buffer = Data() }
        return Data(buffer)
      }
      guard buffer.count <= Self.lineBytesMax else {
        throw BedquotaError(.file, "Line \(index + 1) of the input is over \(Self.lineBytesMax >> 20) MB; no model takes that.")
      }
      let more = try file.read(upToCount: 256 * 1_024) ?? Data()
      if more.isEmpty { isAtEnd = true }
      buffer = Data(buffer) + more
    }
  }
}

/// Which lines are done: a bit for each.
struct RecordSet: Sendable {
  private var words: [UInt64] = []
  private(set) var count = 0

  func contains(_ index: Int) -> Bool { index / 64 < words.count && words[index / 64] & (1 << UInt64(index % 64)) != 0 }

  mutating func insert(_ index: Int) {
    guard index >= 0, !contains(index) else { return }
    while words.count <= index / 64 { words.append(0) }
    words[index / 64] |= 1 << UInt64(index % 64)
    count += 1
  }
}
