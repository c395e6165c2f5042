/// The part of CloudWatch's metric math that the emulator evaluates: `+ − * /`, numbers, ids, parentheses, `FILL(m1, 0)`, and `SUM`,
/// `AVG`, `MIN`, `MAX` over `METRICS()` or over a list such as `[m1, m2]`.
struct MetricMath: Sendable {
  indirect enum Node: Sendable {
    case number(Double)
    case reference(String)
    case binary(Character, Node, Node)
    /// An aggregate for each period, over the series that have a value in it.
    case aggregate(String, [Node])
    /// Every metric of the request.
    case aggregateOfMetrics(String)
    case fill(Node, Double)
  }

  /// A number, or a number for each period that has a value, by its start.
  enum Value: Sendable {
    case scalar(Double)
    case series([Int: Double])
  }

  struct Unsupported: Error {}

  let root: Node

  init(_ text: String) throws(Unsupported) {
    var parser = MetricMathParser(text)
    root = try parser.parse()
  }

  /// The ids in the expression.
  /// - Parameter metrics: the ids that `METRICS()` stands for.
  func references(metrics: [String]) -> Set<String> {
    var takesMetrics = false
    func collect(_ node: Node, _ found: inout Set<String>) {
      switch node {
      case .number: break
      case .reference(let id): found.insert(id)
      case .binary(_, let left, let right):
        collect(left, &found)
        collect(right, &found)
      case .aggregate(_, let nodes): for node in nodes { collect(node, &found) }
      case .aggregateOfMetrics: takesMetrics = true
      case .fill(let node, _): collect(node, &found)
      }
    }
    var found: Set<String> = []
    collect(root, &found)
    return takesMetrics ? found.union(metrics) : found
  }

  /// The series that are gone through to compute one value.
  /// - Parameter metrics: the number of ids that `METRICS()` stands for.
  func work(metrics: Int) -> Int {
    func work(_ node: Node) -> Int {
      switch node {
      case .number, .reference: 1
      case .binary(_, let left, let right): 1 + work(left) + work(right)
      case .aggregate(_, let nodes): nodes.reduce(1) { $0 + work($1) }
      case .aggregateOfMetrics: 1 + metrics
      case .fill(let node, _): 1 + work(node)
      }
    }
    return work(root)
  }

  /// Evaluates the expression.
  /// - Parameters:
  ///   - times: the starts of all periods, which `FILL` fills.
  ///   - metrics: the ids that `METRICS()` stands for.
  ///   - resolve: returns the value of an id.
  func value(times: [Int], metrics: [String], of resolve: (String) -> Value) -> Value {
    func evaluate(_ node: Node) -> Value {
      switch node {
      case .number(let number): .scalar(number)
      case .reference(let id): resolve(id)
      case .binary(let sign, let left, let right): Self.combine(evaluate(left), evaluate(right), sign)
      case .aggregate(let name, let nodes): Self.aggregate(name, nodes.map(evaluate))
      case .aggregateOfMetrics(let name): Self.aggregate(name, metrics.map(resolve))
      case .fill(let node, let number): Self.fill(evaluate(node), number, times)
      }
    }
    return evaluate(root)
  }

  private static func combine(_ left: Value, _ right: Value, _ sign: Character) -> Value {
    // A period that lacks a value, or a division by zero, has no result.
    func apply(_ left: Double, _ right: Double) -> Double? {
      let result =
        switch sign {
        case "+": left + right
        case "-": left - right
        case "*": left * right
        default: left / right
        }
      return result.isFinite ? result : nil
    }
    switch (left, right) {
    case (.scalar(let left), .scalar(let right)): return apply(left, right).map(Value.scalar) ?? .series([:])
    case (.series(let left), .scalar(let right)): return .series(left.compactMapValues { apply($0, right) })
    case (.scalar(let left), .series(let right)): return .series(right.compactMapValues { apply(left, $0) })
    case (.series(let left), .series(let right)):
      var result: [Int: Double] = [:]
      for (time, value) in left { if let other = right[time] { result[time] = apply(value, other) } }
      return .series(result)
    }
  }

  private static func aggregate(_ name: String, _ values: [Value]) -> Value {
    var points: [Int: SampleStatistics] = [:]
    for case .series(let series) in values {
      for (time, value) in series { points[time, default: SampleStatistics()].add(value) }
    }
    return .series(
      points.compactMapValues { point in
        // A sum that overflows has no value.
        guard point.sum.isFinite else { return nil }
        return switch name {
        case "SUM": point.sum
        case "AVG": point.average
        case "MIN": point.minimum
        default: point.maximum
        }
      })
  }

  private static func fill(_ value: Value, _ number: Double, _ times: [Int]) -> Value {
    guard case .series(var series) = value else { return value }
    for time in times where series[time] == nil { series[time] = number }
    return .series(series)
  }
}

private struct MetricMathParser {
  private static let depthMax = 64
  private let text: [Character]
  private var position = 0
  private var depth = 0

  init(_ text: String) { self.text = Array(text) }

  mutating func parse() throws(MetricMath.Unsupported) -> MetricMath.Node {
    let node = try sum()
    guard peek() == nil else { throw MetricMath.Unsupported() }
    return node
  }

  private mutating func peek() -> Character? {
    while position < text.count, text[position].isWhitespace { position += 1 }
    return position < text.count ? text[position] : nil
  }

  private mutating func take(_ character: Character) -> Bool {
    guard peek() == character else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Character) throws(MetricMath.Unsupported) {
    guard take(character) else { throw MetricMath.Unsupported() }
  }

  private mutating func word(_ belongs: (Character) -> Bool) -> String {
    var word = ""
    while position < text.count, text[position].isASCII, belongs(text[position]) {
      word.append(text[position])
      position += 1
    }
    return word
  }

  private mutating func sum() throws(MetricMath.Unsupported) -> MetricMath.Node {
    var node = try product()
    while let sign = peek(), sign == "+" || sign == "-" {
      position += 1
      node = .binary(sign, node, try product())
    }
    return node
  }

  private mutating func product() throws(MetricMath.Unsupported) -> MetricMath.Node {
    var node = try factor()
    while let sign = peek(), sign == "*" || sign == "/" {
      position += 1
      node = .binary(sign, node, try factor())
    }
    return node
  }

  private mutating func factor() throws(MetricMath.Unsupported) -> MetricMath.Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax, let first = peek() else { throw MetricMath.Unsupported() }
    if take("-") { return .binary("*", .number(-1), try factor()) }
    if take("(") {
      let node = try sum()
      try expect(")")
      return node
    }
    if first.isNumber || first == "." { return .number(try number()) }
    let name = word { $0.isLetter || $0.isNumber || $0 == "_" }
    guard !name.isEmpty else { throw MetricMath.Unsupported() }
    return take("(") ? try function(name) : .reference(name)
  }

  private mutating func number() throws(MetricMath.Unsupported) -> Double {
    let sign: Double = take("-") ? -1 : 1
    _ = peek()
    guard let number = Double(word { $0.isNumber || $0 == "." }), number.isFinite else { throw MetricMath.Unsupported() }
    return sign * number
  }

  /// Parses the arguments of a function, from after its opening parenthesis.
  private mutating func function(_ name: String) throws(MetricMath.Unsupported) -> MetricMath.Node {
    if name == "FILL" {
      let node = try sum()
      try expect(",")
      let number = try number()
      try expect(")")
      return .fill(node, number)
    }
    guard ["SUM", "AVG", "MIN", "MAX"].contains(name) else { throw MetricMath.Unsupported() }
    if take("[") {
      var nodes = [try sum()]
      while take(",") { nodes.append(try sum()) }
      try expect("]")
      try expect(")")
      return .aggregate(name, nodes)
    }
    // An aggregate of one series, which would be one number for the whole time, is not supported.
    _ = peek()
    guard word({ $0.isLetter }) == "METRICS", take("("), take(")"), take(")") else { throw MetricMath.Unsupported() }
    return .aggregateOfMetrics(name)
  }
}
