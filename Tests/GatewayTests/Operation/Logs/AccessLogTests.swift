import Foundation
import Synchronization
import Testing

@testable import Gateway

@Suite struct AccessLogTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "access-log-\(UUID().uuidString)")

  private func record(_ id: String) -> RequestRecord {
    RequestRecord(atMilliseconds: 0, id: id, method: "GET", path: "/", operation: .page)
  }

  private func inFolder(_ body: (URL) async throws -> Void) async throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  private func ids(_ file: URL) -> [String] {
    let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
    return lines.compactMap { line in
      (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["request_id"] as? String
    }
  }

  /// Waits for another thread.
  private func until(_ isDone: () -> Bool) async throws {
    for _ in 0..<2_000 {
      if isDone() { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("It did not come.")
  }

  @Test func linesAreWrittenAndTheLastOnesToo() async throws {
    try await inFolder { folder in
      let file = folder.appending(path: "access.log")
      let log = AccessLog(.file(path: file.path), gathering: .milliseconds(1))
      let running = Task { await log.run() }
      for index in 0..<1_000 { log.write(record("\(index)")) }
      try await until { !ids(file).isEmpty }
      log.write(record("last"))
      running.cancel()
      await running.value
      #expect(ids(file) == (0..<1_000).map(String.init) + ["last"])
      #expect(log.droppedLines == 0)
    }
  }

  @Test func aRotatedFileIsOpenedAgain() async throws {
    try await inFolder { folder in
      let (file, old) = (folder.appending(path: "access.log"), folder.appending(path: "access.log.1"))
      let log = AccessLog(.file(path: file.path), gathering: .milliseconds(1))
      let running = Task { await log.run() }
      log.write(record("a"))
      try await until { ids(file) == ["a"] }
      try FileManager.default.moveItem(at: file, to: old)
      log.write(record("b"))
      try await until { ids(old) == ["a", "b"] }
      log.reopen()
      try await until { FileManager.default.fileExists(atPath: file.path) }
      log.write(record("c"))
      running.cancel()
      await running.value
      #expect(ids(old) == ["a", "b"] && ids(file) == ["c"])
    }
  }

  @Test func aFileThatCannotBeOpenedEndsTheLogAlone() async {
    let events = Mutex<[AccessLog.Event]>([])
    let log = AccessLog(.file(path: "/no/such/folder/access.log"))
    await log.run { event in events.withLock { $0.append(event) } }
    #expect(events.withLock { $0 } == [.ended("No such file or directory")])
    log.write(record("a"))
    #expect(!log.isOn && log.droppedLines == 1)
  }

  #if os(Linux)
    @Test func aFullDiskCostsLinesThatAreCounted() async throws {
      let events = Mutex<[AccessLog.Event]>([])
      let log = AccessLog(.file(path: "/dev/full"), gathering: .milliseconds(1))
      let running = Task { await log.run { event in events.withLock { $0.append(event) } } }
      for index in 0..<10 { log.write(record("\(index)")) }
      try await until { log.droppedLines == 10 }
      #expect(events.withLock { $0.count } == 1)
      #expect(log.isOn)
      running.cancel()
      await running.value
    }
  #endif

  @Test func aPipeThatNobodyReadsIsGivenUpInTime() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let path = "/dev/fd/\(ends[1])"
    var file = AccessLogFile(.file(path: path), patienceMilliseconds: 1)
    let problem = file.open()
    #expect(problem == nil)
    let result = file.write([UInt8](repeating: UInt8(ascii: "x"), count: 1_048_575) + [0x0A])
    #expect(result == .delayed(dropped: 1))
    file.close()
  }

  /// Lines of a thousand bytes into a pipe, whose reader takes some and then all: what was dropped and what arrived is all there is.
  @Test func ofACutBatchOnlyTheMissingLinesAreDropped() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    var file = AccessLogFile(.file(path: "/dev/fd/\(ends[1])"), patienceMilliseconds: 1)
    let problem = file.open()
    #expect(problem == nil)
    let batch = Array((String(repeating: "x", count: 999) + "\n").utf8)
    func read() -> [UInt8] {
      var (all, part) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
      while true {
        let count = Foundation.read(ends[0], &part, part.count)
        if count <= 0 { return all }
        all += part[..<count]
      }
    }
    var (arrived, dropped, sent) = ([UInt8](), 0, 0)
    for lines in [300, 7, 500, 1] {
      sent += lines
      let result = file.write(Array([[UInt8]](repeating: batch, count: lines).joined()))
      if case .delayed(let count) = result { dropped += count } else { #expect(result == .written) }
      if lines != 300 { arrived += read() }
    }
    let whole = arrived.split(separator: 0x0A).filter { $0.count == 999 }
    #expect(whole.count + dropped == sent)
    #expect(dropped > 7 && dropped < sent)
    file.close()
  }

  @Test func aFileThatCannotBeOpenedAgainLosesNoLine() async throws {
    try await inFolder { folder in
      let file = folder.appending(path: "logs/access.log")
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      let events = Mutex<[AccessLog.Event]>([])
      let log = AccessLog(.file(path: file.path), gathering: .milliseconds(1))
      let running = Task { await log.run { event in events.withLock { $0.append(event) } } }
      log.write(record("a"))
      try await until { ids(file) == ["a"] }
      let moved = folder.appending(path: "old")
      try FileManager.default.moveItem(at: file.deletingLastPathComponent(), to: moved)
      log.reopen()
      try await until { events.withLock { !$0.isEmpty } }
      log.write(record("b"))
      running.cancel()
      await running.value
      #expect(events.withLock { $0 } == [.notReopened("No such file or directory")])
      #expect(ids(moved.appending(path: "access.log")) == ["a", "b"] && log.droppedLines == 0)
    }
  }

  @Test func theBufferIsBounded() {
    var buffer = AccessLogBuffer(bytesMax: 10)
    let wakes = [buffer.append([1, 2, 3, 4]), buffer.append([1, 2, 3, 4]), buffer.append([1, 2, 3, 4])]
    #expect(wakes == [true, false, false] && buffer.droppedLines == 1)
    let (bytes, lines) = buffer.take()
    #expect(bytes.count == 8 && lines == 2)
    let wakesAgain = buffer.append([1])
    #expect(wakesAgain)
  }
}
