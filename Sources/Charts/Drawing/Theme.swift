/// The colours of everything but the data.
enum Theme {
  // Also written as attributes, for renderers without style sheets or media queries.
  static let text: Markup = "#24292f"
  static let muted: Markup = "#57606a"
  static let grid: Markup = "#dfe3e8"
  static let axis: Markup = "#8c959f"
  static let halo: Markup = "#ffffff"
  static let areaOpacity = 0.3

  static let style: Markup = """
    <style>
    .chart-text{fill:#24292f}.chart-muted{fill:#57606a}.chart-grid{stroke:#dfe3e8}.chart-axis{stroke:#8c959f}.chart-halo{stroke:#fff}
    @media (prefers-color-scheme:dark){
    .chart-text{fill:#e6edf3}.chart-muted{fill:#9aa4af}.chart-grid{stroke:#30363d}.chart-axis{stroke:#6e7681}.chart-halo{stroke:#0d1117}
    }
    </style>

    """
}

extension Markup {
  /// The start of an SVG document: its root element, title, description and style.
  /// - Parameter role: `img` for one picture, `group` for several that a screen reader can visit one by one.
  static func documentStart(width: Int, height: Int, id: String, role: String, title: String, summary: String) -> Markup {
    var start: Markup = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      font-family="system-ui, Helvetica, Arial, sans-serif" role="\(role)"
      """
    start += names(id: id, title: title, summary: summary)
    start += Theme.style
    return start
  }

  /// The rest of a start tag whose `>` is missing, followed by the title and the description.
  static func names(id: String, title: String, summary: String) -> Markup {
    let title: Markup = "<title id=\"\(id)-title\">\(title)</title>"
    if summary.isEmpty { return " aria-labelledby=\"\(id)-title\">\(title)\n" }
    return """
       aria-labelledby="\(id)-title \(id)-desc">\(title)<desc id="\(id)-desc">\(summary)</desc>

      """
  }
}
