import Foundation
import Reports
import UnixSignals

/// Shows a ``LiveScreen`` on the terminal, and gives it keys, until the user leaves it.
enum FullScreen {
  /// Whether the terminal can show a screen, and send keys; else one answer is printed.
  static func isPossible(_ console: Console, environment: [String: String] = ProcessInfo.processInfo.environment) -> Bool {
    console.isTerminal && Device.isCapable(environment: environment)
  }

  /// Whether the locale's characters are those of Unicode.
  static func isUnicode(environment: [String: String] = ProcessInfo.processInfo.environment) -> Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
    let locale = names.first { !$0.isEmpty }?.lowercased() ?? ""
    return locale.contains("utf-8") || locale.contains("utf8")
  }

  /// Shows the screen until the user quits. The terminal is then as it was.
  /// - Parameters:
  ///   - refresh: the time from one answer to the next question.
  ///   - fetch: asks for new figures. It runs beside the keys, and must end soon once it is cancelled.
  /// - Returns: the signal that ended it; nil: the user quit.
  /// - Throws: `POSIXError` if the terminal can't be used.
  static func run(
    _ screen: LiveScreen, _ console: Console, refresh: Duration,
    fetch: @escaping @Sendable () async -> Result<LiveStatus, LiveProblem>
  ) async throws -> Interruption.Signal? {
    let inbox = Inbox()
    // Before the terminal is taken, so that no signal leaves it behind.
    let arriving = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup, .sigquit, .sigwinch, .sigcont)
    try Device.enter()
    return await withTaskGroup(of: Void.self) { group in
      group.addTask { await Keys.read(into: inbox) }
      group.addTask { await watch(arriving, inbox) }
      group.addTask { await ask(fetch, every: refresh, inbox) }
      group.addTask { await tick(inbox) }
      let signal = await show(screen, console, inbox)
      // Before the tasks have ended, so that the user need not wait for them.
      Device.leave()
      group.cancelAll()
      return signal
    }
  }

  /// Draws until the user quits, or a signal comes.
  private static func show(_ screen: LiveScreen, _ console: Console, _ inbox: Inbox) async -> Interruption.Signal? {
    var (screen, frame) = (screen, Frame())
    let stops = StopRequests(inbox)
    defer { withExtendedLifetime(stops) {} }
    inbox.wake()
    for await _ in inbox.news {
      let news = inbox.take()
      if let signal = news.signal { return signal }
      if let answer = news.answer { screen.update(answer, now: now) }
      var shallStop = news.shallStop
      for key in news.keys {
        switch screen.handle(key) {
        case .quit: return nil
        case .suspend: shallStop = true
        case .repaint: frame.forget()
        case .redraw: break
        }
      }
      inbox.isPaused = screen.isPaused
      if shallStop {
        Device.leave()
        stops.pause { Device.stop() }
      }
      if shallStop || news.goesOn {
        frame.forget()
        guard (try? Device.enter()) != nil else { return .hangUp }
      }
      guard draw(&screen, &frame, console) else { return .hangUp }
    }
    return nil
  }

  /// - Returns: false if the terminal is gone.
  private static func draw(_ screen: inout LiveScreen, _ frame: inout Frame, _ console: Console) -> Bool {
    let size = Device.size
    let lines = screen.lines(now: now, width: size.width, height: size.height)
    let text = frame.drawing(lines, usesColor: console.usesColor, size: size)
    return text.isEmpty || write(text) == 0
  }

  private static var now: Int { Int(Date().timeIntervalSince1970) }

  /// Passes signals on. The second one that asks for the end is obeyed without waiting for anything.
  private static func watch(_ arriving: UnixSignalsSequence, _ inbox: Inbox) async {
    var isEnding = false
    for await arrived in arriving {
      switch arrived {
      case .sigwinch: inbox.wake()
      case .sigcont: inbox.put { $0.goesOn = true }
      default:
        let signal: Interruption.Signal =
          arrived == .sigint ? .interrupt : arrived == .sighup ? .hangUp : .terminate
        if isEnding {
          Device.leaveAtOnce()
          _exit(signal.exitCode)
        }
        isEnding = true
        inbox.put { $0.signal = signal }
      }
    }
  }

  private static func ask(
    _ fetch: @Sendable () async -> Result<LiveStatus, LiveProblem>, every refresh: Duration, _ inbox: Inbox
  ) async {
    while !Task.isCancelled {
      let answer = await fetch()
      inbox.put { $0.answer = answer }
      try? await Task.sleep(for: refresh)
      while inbox.isPaused, (try? await Task.sleep(for: .milliseconds(200))) != nil {}
    }
  }

  /// Draws once a second, because the figures get older.
  private static func tick(_ inbox: Inbox) async {
    while (try? await Task.sleep(for: .seconds(1))) != nil { inbox.wake() }
  }

  /// Writes text to the terminal.
  /// - Returns: 0, or the `errno` of the write that failed.
  static func write(_ text: String) -> Int32 {
    var text = text
    return text.withUTF8 { DescriptorWriter.write(UnsafeRawBufferPointer($0), to: STDOUT_FILENO) }
  }
}
