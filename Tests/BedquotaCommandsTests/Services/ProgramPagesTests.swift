#if os(Linux)
  import Foundation
  import Testing

  @testable import BedquotaCommands

  struct ProgramPagesTests {
    /// Of the memory that this process has, what is of files, in kB.
    ///
    /// Source: proc_pid_status(5)
    private func fileMemory() throws -> Int {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
      return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }

    @Test func onlyWhatIsAsInTheFileIsGivenBack() {
      let map = """
        55d0c0000000-55d0c0010000 r--p 00000000 fe:00 1234                       /usr/bin/bedquota
        Rss:                  64 kB
        Anonymous:             0 kB
        Swap:                  0 kB
        55d0c0010000-55d0c0030000 r-xp 00010000 fe:00 1234                       /usr/bin/bedquota
        Anonymous:             0 kB
        Swap:                  0 kB
        55d0c0030000-55d0c0031000 r--p 00030000 fe:00 1234                       /usr/bin/bedquota
        Anonymous:             4 kB
        Swap:                  0 kB
        55d0c0032000-55d0c0033000 r--p 00032000 fe:00 1234                       /usr/bin/bedquota
        Anonymous:             0 kB
        Swap:                  4 kB
        55d0c0033000-55d0c0034000 r--p 00033000 fe:00 1234                       /usr/bin/bedquota
        Rss:                   4 kB
        55d0c0031000-55d0c0032000 rw-p 00031000 fe:00 1234                       /usr/bin/bedquota
        Anonymous:             0 kB
        Swap:                  0 kB
        55d0c1000000-55d0c1100000 r--p 00000000 00:00 0                          [heap]
        Anonymous:             0 kB
        Swap:                  0 kB
        7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0                          [vdso]
        Anonymous:             0 kB
        Swap:                  0 kB
        """
      #expect(ProgramPages.unchanged(in: map) == [0x55d0_c000_0000..<0x55d0_c001_0000, 0x55d0_c001_0000..<0x55d0_c003_0000])
    }

    @Test func theyAreGivenBackAndComeBack() throws {
      let written = "\(Date.now.formatted(.iso8601)) \(try JSONEncoder().encode(["a": 1.5]).count)"
      let before = try fileMemory()
      ProgramPages.giveBack()
      let after = try fileMemory()
      // Other tests are using their pages at the same time.
      #expect(after < before, "\(after) of \(before) kB")
      let again = "\(Date.now.formatted(.iso8601)) \(try JSONEncoder().encode(["a": 1.5]).count)"
      #expect(again.count == written.count)
      ProgramPages.giveBack()
      #expect(try fileMemory() < before)
    }
  }
#endif
