import Foundation

/// The records of a file that aren't done yet, in order.
actor RecordReader {
  /// InvokeModel takes bodies of 25 MB.
  private static let lineBytesMax = 26 * 1_024 * 1_024

  private var lines: LineReader
  private let done: RecordSet
  private var index = 0
  private var place = 0

  /// - Parameter done: lines to leave out.
  init(_ url: URL, done: RecordSet) throws {
    do {
      lines = try LineReader(url, lineBytesMax: Self.lineBytesMax)
    } catch {
      throw BedquotaError(.file, "\(url.path) can't be read: \((error as? CocoaError)?.localizedDescription ?? "\(error)").")
    }
    self.done = done
  }

  /// The next record, and the how-manieth it is that was handed out, from 0; lines that are empty are passed over. nil at the end.
  func take() throws -> (BatchRecord, place: Int)? {
    while let line = try nextLine() {
      let index = index
      self.index += 1
      guard !done.contains(index), !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) else { continue }
      defer { place += 1 }
      return (BatchRecord(index: index, line: line), place)
    }
    return nil
  }

  private func nextLine() throws -> Data? {
    do {
      return try lines.next()?.line
    } catch is LineTooLong {
      throw BedquotaError(.file, "Line \(index + 1) of the input is over \(Self.lineBytesMax >> 20) MB; no model takes that.")
    }
  }
}
