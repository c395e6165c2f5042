import Foundation
import NIOPosix
import Synchronization

/// The access log: a line of JSON for each request, to standard output or a file.
///
/// Requests append to a bounded buffer and never wait; ``run()`` writes it from a thread that may block. A disk that is full or a pipe
/// that nobody reads costs lines, which are counted; a broken pipe ends the log, not the gateway.
package final class AccessLog: Sendable {
  /// What somebody should know about the log.
  package enum Event: Sendable, Equatable {
    /// Lines are being lost.
    case failing(String)
    /// The log has ended.
    case ended(String)
    /// The file can't be opened again; the one that is open stays, and no line is lost.
    case notReopened(String)
    /// It is written again.
    case recovered
  }

  private struct State {
    var buffer: AccessLogBuffer
    var isOn: Bool
    var reopens = false
  }

  private let state: Mutex<State>
  private let destination: AccessLogDestination
  private let wakes: AsyncStream<Void>
  private let waker: AsyncStream<Void>.Continuation
  /// How long lines gather before they are written together.
  private let gathering: Duration

  package init(_ destination: AccessLogDestination, bytesMax: Int = 4 * 1_024 * 1_024, gathering: Duration = .milliseconds(50)) {
    self.destination = destination
    self.gathering = gathering
    state = Mutex(State(buffer: AccessLogBuffer(bytesMax: bytesMax), isOn: destination != .off))
    (wakes, waker) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  /// Whether lines are written.
  package var isOn: Bool { state.withLock { $0.isOn } }

  /// Lines that could not be written.
  package var droppedLines: UInt64 { state.withLock { $0.buffer.droppedLines } }

  /// Appends a line, and returns at once.
  package func write(_ record: RequestRecord) {
    guard destination != .off else { return }
    // A log that has ended needs no text, but its lines are missed all the same.
    let line = isOn ? AccessLogLine(record).bytes : nil
    let isFirst = state.withLock { state in
      if state.isOn, let line { return state.buffer.append(line) }
      state.buffer.dropped(lines: 1)
      return false
    }
    if isFirst { waker.yield() }
  }

  /// Opens the file again, as after its rotation.
  package func reopen() {
    state.withLock { $0.reopens = true }
    waker.yield()
  }

  /// Writes lines until the task is cancelled, and then those that are left.
  package func run(onEvent: @escaping @Sendable (Event) -> Void = { _ in }) async {
    guard destination != .off else { return }
    var writer = Writer(file: AccessLogFile(destination))
    writer = await onThread(writer) { $0.open(onEvent) }
    if writer.isLost {
      return state.withLock { state in
        state.isOn = false
        let lost = state.buffer.take().lines
        state.buffer.dropped(lines: lost)
      }
    }
    for await _ in wakes {
      // A cancelled sleep only means that the last lines are written now.
      try? await Task.sleep(for: gathering)
      writer = await flush(writer, onEvent)
      if writer.isLost { break }
    }
    writer = await flush(writer, onEvent)
    _ = await onThread(writer) { $0.file.close() }
  }

  private func flush(_ writer: Writer, _ onEvent: @escaping @Sendable (Event) -> Void) async -> Writer {
    let (bytes, lines, reopens) = state.withLock { state in
      let (bytes, lines) = state.buffer.take()
      defer { state.reopens = false }
      return (bytes, lines, state.reopens)
    }
    let writer = await onThread(writer) { $0.write(bytes, lines: lines, reopens: reopens, onEvent) }
    state.withLock { state in
      state.buffer.dropped(lines: writer.dropped)
      if writer.isLost { state.isOn = false }
    }
    return writer
  }

  private func onThread(_ writer: Writer, _ work: @escaping @Sendable (inout Writer) -> Void) async -> Writer {
    await withCheckedContinuation { continuation in
      NIOThreadPool.singleton.submit { _ in
        var writer = writer
        work(&writer)
        continuation.resume(returning: writer)
      }
    }
  }

  /// The file, and what was last said about it.
  private struct Writer: Sendable {
    var file: AccessLogFile
    var isLost = false
    var isFailing = false
    /// Lines that the last writing dropped.
    var dropped = 0

    mutating func open(_ onEvent: (Event) -> Void) {
      guard let problem = file.open() else { return }
      isLost = true
      onEvent(.ended(problem))
    }

    mutating func write(_ bytes: [UInt8], lines: Int, reopens: Bool, _ onEvent: (Event) -> Void) {
      dropped = isLost ? lines : 0
      guard !isLost else { return }
      // What came before the rotation still belongs to the old file.
      let result = bytes.isEmpty ? nil : file.write(bytes)
      if reopens, let problem = file.open() { onEvent(.notReopened(problem)) }
      switch result {
      case nil: break
      case .written:
        if isFailing { onEvent(.recovered) }
        isFailing = false
      case .delayed(let dropped):
        self.dropped = dropped
        if !isFailing { onEvent(.failing("The disk is full, or the pipe is not read")) }
        isFailing = true
      case .lost(let problem, let dropped):
        (self.dropped, isLost) = (dropped, true)
        onEvent(.ended(problem))
      }
    }
  }
}
