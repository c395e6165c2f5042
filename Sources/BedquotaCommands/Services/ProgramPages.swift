import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The pages of this program's file that are in memory, of which start-up needs many that are never used again.
enum ProgramPages {
  /// Takes them out of the process's memory. Those that are used again come back from the system's cache, for some microseconds each.
  ///
  /// Nothing is lost: only what is the same in the file is taken, so never what is written to, or was relocated.
  static func giveBack() {
    #if canImport(Glibc)
      guard let map = try? String(contentsOfFile: "/proc/self/smaps", encoding: .utf8) else { return }
      for range in unchanged(in: map) {
        guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
        _ = madvise(start, range.count, MADV_DONTNEED)
      }
    #endif
  }

  /// The addresses of files that can't be written to, and of which no page was changed: neither one in memory nor one that was
  /// swapped out, which would be lost.
  ///
  /// Source: proc_pid_smaps(5), which has `Anonymous` before `Swap`
  static func unchanged(in map: String) -> [Range<UInt>] {
    var ranges: [Range<UInt>] = []
    var current: Range<UInt>?
    var hasNoneInMemory = false
    for line in map.split(separator: "\n") {
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      if let range = fields.first.flatMap({ addresses($0) }) {
        // 7f3c0a000000-7f3c0a028000 r-xp 00026000 fe:00 1234 /usr/bin/bedquota
        let isFile = fields.count > 5 && fields[4] != "0" && fields[5].hasPrefix("/")
        current = isFile && ["r-xp", "r--p"].contains(fields[1]) ? range : nil
        hasNoneInMemory = false
      } else if fields.first == "Anonymous:" {
        hasNoneInMemory = fields.dropFirst().first == "0"
      } else if fields.first == "Swap:", let range = current, hasNoneInMemory, fields.dropFirst().first == "0" {
        ranges.append(range)
      }
    }
    return ranges
  }

  private static func addresses(_ text: Substring) -> Range<UInt>? {
    let halves = text.split(separator: "-")
    guard halves.count == 2, let start = UInt(halves[0], radix: 16), let end = UInt(halves[1], radix: 16), start < end else {
      return nil
    }
    return start..<end
  }
}
