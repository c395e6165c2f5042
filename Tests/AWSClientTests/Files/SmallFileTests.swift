import Foundation
import Testing

@testable import AWSClient

struct SmallFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  private func problem(_ path: String, bytesMax: Int = 100) -> SmallFile.Problem? {
    do throws(SmallFile.Problem) {
      _ = try SmallFile.contents(of: path, bytesMax: bytesMax, patienceMilliseconds: 20)
      return nil
    } catch {
      return error
    }
  }

  @Test func wholeUpToTheLimit() throws {
    let path = folder.appending(path: "file").path
    try Data(repeating: 7, count: 100_000).write(to: URL(filePath: path))
    #expect(try SmallFile.contents(of: path, bytesMax: 100_000).count == 100_000)
    #expect(problem(path, bytesMax: 99_999)?.words.contains("more than 97 KB") == true)
    #expect(try SmallFile.contents(of: "/dev/null", bytesMax: 0).isEmpty)
    #expect(problem("/dev/zero")?.words.contains("more than") == true)
  }

  @Test func whatIsNoFile() {
    #expect(problem(folder.path)?.words == "is a folder; name a file in it")
    #expect(problem("\(folder.path)/none")?.isAbsence == true)
    #expect(problem("/dev/null/none")?.isAbsence == true)
  }

  @Test func aPipeIsReadToItsEndAndNotWaitedForInVain() throws {
    let path = folder.appending(path: "pipe").path
    #expect(mkfifo(path, 0o600) == 0)
    #expect(problem(path)?.words.contains("nobody writes") == true)
    // Open for both, so that it is there before anybody reads.
    let both = open(path, O_RDWR)
    #expect(write(both, "text", 4) == 4)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    close(both)
    defer { close(reader) }
    #expect(try SmallFile.contents(of: "/dev/fd/\(reader)", bytesMax: 100) == Data("text".utf8))
  }
}
