import Foundation

/// One of several parts of an input, each of which a process of its own sends.
///
/// A file of S bytes is cut at S × i ÷ n, and each cut moves to the next start of a line. So no process reads what belongs to
/// another, every line is in one shard, and a shard holds the same lines whenever it is sent again.
public struct BatchShard: Sendable, Hashable {
  /// The most shards of an input: their numbers have five digits in the names of files.
  public static let countMax = 100_000

  /// From 0.
  public let index: Int
  public let count: Int

  /// - Returns: nil unless 0 ≤ `index` < `count` ≤ ``countMax``.
  public init?(index: Int, count: Int) {
    guard count >= 1, count <= Self.countMax, index >= 0, index < count else { return nil }
    (self.index, self.count) = (index, count)
  }

  /// The bytes of a file in whose lines the shard begins and ends.
  func range(of size: UInt64) -> Range<UInt64> { cut(index, size)..<cut(index + 1, size) }

  private func cut(_ index: Int, _ size: UInt64) -> UInt64 {
    // The product may be longer than 64 bits.
    let (high, low) = size.multipliedFullWidth(by: UInt64(index))
    return UInt64(count).dividingFullWidth((high, low)).quotient
  }

  /// The shard's own output beside the others': `out.jsonl.00003-of-00032`, or `out.jsonl.00003-of-00032.gz` for `out.jsonl.gz`.
  public func output(of path: String) -> String {
    let ending = Gzip.isGzip(URL(filePath: path)) ? String(path.suffix(3)) : ""
    return "\(path.dropLast(ending.count)).\(Self.number(index))-of-\(Self.number(count))\(ending)"
  }

  private static func number(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(5 - digits.count, 0)) + digits
  }

  /// The shard of an output of this name; nil if it is none of `output`, the name of the whole.
  init?(name: String, of output: String) {
    let ending = Gzip.isGzip(URL(filePath: output)) ? 3 : 0
    let numbers = name.dropFirst(output.count - ending + 1).dropLast(ending).components(separatedBy: "-of-")
    guard numbers.count == 2, let index = Int(numbers[0]), let count = Int(numbers[1]) else { return nil }
    self.init(index: index, count: count)
    // One spelling only.
    guard self.output(of: output) == name else { return nil }
  }
}

extension BatchShard: CustomStringConvertible {
  public var description: String { "\(index)/\(count)" }
}
