/// Tables of Markdown.
enum Markdown {
  /// - Parameter toTheRight: columns of numbers.
  static func table(_ head: [String], _ rows: [[String]], toTheRight: ClosedRange<Int>) -> String {
    let rule = head.indices.map { toTheRight.contains($0) ? "---:" : "---" }
    return ([head, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }
}
