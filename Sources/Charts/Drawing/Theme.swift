/// Colours of everything but the data, and the beginning of every document.
enum Theme {
  // Written out as attributes too: renderers that know no media queries, or no style sheets, show these.
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
  /// - Parameter role: "img" for one picture, "group" for several that a reader may visit one by one.
  static func documentStart(width: Int, height: Int, id: String, role: String, title: String, summary: String) -> Markup {
    var start: Markup = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      font-family="system-ui, Helvetica, Arial, sans-serif" role="\(role)"
      """
    start += names(id: id, title: title, summary: summary)
    start += Theme.style
    return start
  }

  /// The end of a start tag that began without its ">", and the name and description inside.
  static func names(id: String, title: String, summary: String) -> Markup {
    let title: Markup = "<title id=\"\(id)-title\">\(title)</title>"
    if summary.isEmpty { return " aria-labelledby=\"\(id)-title\">\(title)\n" }
    return """
       aria-labelledby="\(id)-title \(id)-desc">\(title)<desc id="\(id)-desc">\(summary)</desc>

      """
  }
}
