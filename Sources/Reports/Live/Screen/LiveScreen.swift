/// The screen of `bedquota top`: what is shown of a ``LiveStatus``, and what keys do to it. It reads no clock and no terminal.
package struct LiveScreen {
  /// What the terminal is to do after a key.
  package enum Effect: Sendable, Equatable {
    /// Draws the lines that have changed.
    case redraw
    /// Draws all lines, because something else may have written on the screen.
    case repaint
    /// Stops the process until the shell lets it go on.
    case suspend
    case quit
  }

  /// Where the figures come from, as the user named it.
  let address: String?
  let glyphs: LiveGlyphs

  private(set) var status: LiveStatus?
  /// When ``status`` came, by the clock of this machine.
  private(set) var receivedAt: Int?
  private(set) var problem: LiveProblem?
  /// Whether new figures are left out.
  package private(set) var isPaused = false

  package private(set) var tab = LiveTab.models
  private var orders: [LiveTab: LiveOrder] = [:]
  private(set) var isReversed = false
  private(set) var onlyBusy: Bool
  package private(set) var filter = ""
  /// Whether keys are letters of the filter.
  private(set) var isTyping = false
  package private(set) var showsHelp = false
  /// The first row in sight.
  private var tops: [LiveTab: Int] = [:]
  private var helpTop = 0
  /// The rows that there are, and that fit the screen.
  private var (rows, page) = (0, 1)

  private static let filterMax = 100

  /// - Parameters:
  ///   - address: where the figures come from, as the user named it.
  ///   - isUnicode: whether the terminal shows more than ASCII.
  ///   - onlyBusy: whether what nobody uses is left out at first.
  package init(address: String? = nil, isUnicode: Bool = true, onlyBusy: Bool = false) {
    self.address = address
    glyphs = LiveGlyphs(isUnicode: isUnicode)
    self.onlyBusy = onlyBusy
  }

  var order: LiveOrder { orders[tab] ?? tab.orders.first ?? .name }

  /// The words that a row must have.
  var words: [String] { filter.lowercased().split(separator: " ").map(String.init) }

  /// Takes new figures, or why there are none.
  /// - Parameter now: seconds since 1970.
  package mutating func update(_ answer: Result<LiveStatus, LiveProblem>, now: Int) {
    guard !isPaused else { return }
    switch answer {
    case .success(let status): (self.status, receivedAt, problem) = (status, now, nil)
    case .failure(let problem): self.problem = problem
    }
  }

  package mutating func handle(_ key: TerminalKey) -> Effect {
    switch key {
    case .control("c"): return .quit
    case .control("z"): return .suspend
    case .control("l"): return .repaint
    default: break
    }
    if isTyping {
      type(key)
    } else if showsHelp {
      return help(key)
    } else {
      return command(key)
    }
    return .redraw
  }

  private mutating func command(_ key: TerminalKey) -> Effect {
    switch key {
    case .character("q"): return .quit
    case .character("h"), .character("?"): (showsHelp, helpTop) = (true, 0)
    case .character("s"): order(after: order)
    case .character("r"): (isReversed, top) = (!isReversed, 0)
    case .character("a"): (onlyBusy, top) = (!onlyBusy, 0)
    case .character("p"): isPaused.toggle()
    case .character("/"): isTyping = true
    case .character("1"): tab = .models
    case .character("2"): tab = .callers
    case .character("3"): tab = .routes
    case .tab, .right: tab = tab.moved(by: 1)
    case .backTab, .left: tab = tab.moved(by: -1)
    case .escape: (filter, top) = ("", 0)
    default: if let moved = Self.moved(top, by: key, rows: rows, page: page) { top = moved }
    }
    return .redraw
  }

  private mutating func help(_ key: TerminalKey) -> Effect {
    if key == .character("q") || key == .escape || key == .enter || key == .character("h") || key == .character("?") {
      showsHelp = false
    } else if let moved = Self.moved(helpTop, by: key, rows: rows, page: page) {
      helpTop = moved
    }
    return .redraw
  }

  private mutating func type(_ key: TerminalKey) {
    switch key {
    case .character(let character): if filter.count < Self.filterMax { filter.append(character) }
    case .backspace, .delete: if filter.isEmpty { isTyping = false } else { filter.removeLast() }
    case .control("u"): filter = ""
    case .enter: isTyping = false
    case .escape: (isTyping, filter) = (false, "")
    default: if let moved = Self.moved(top, by: key, rows: rows, page: page) { return top = moved }
    }
    top = 0
  }

  private mutating func order(after order: LiveOrder) {
    let all = tab.orders
    orders[tab] = all[((all.firstIndex(of: order) ?? -1) + 1) % all.count]
    (isReversed, top) = (false, 0)
  }

  private var top: Int {
    get { tops[tab] ?? 0 }
    set { tops[tab] = newValue }
  }

  /// The rows that are in sight.
  /// - Parameter page: how many fit the screen.
  mutating func window(of rows: Int, page: Int) -> Range<Int> {
    (self.rows, self.page) = (rows, max(page, 1))
    let first = min(showsHelp ? helpTop : top, max(rows - page, 0))
    if showsHelp { helpTop = first } else { top = first }
    return first..<min(first + max(page, 0), rows)
  }

  /// The first row in sight after a key; nil if the key doesn't scroll.
  private static func moved(_ top: Int, by key: TerminalKey, rows: Int, page: Int) -> Int? {
    let last = max(rows - page, 0)
    let moved: Int? =
      switch key {
      case .up, .character("k"): top - 1
      case .down, .character("j"): top + 1
      case .pageUp, .control("b"): top - page
      case .pageDown, .control("f"), .character(" "): top + page
      case .home, .character("g"): 0
      case .end, .character("G"): last
      default: nil
      }
    return moved.map { min(max($0, 0), last) }
  }
}
