extension Markup {
  /// The start of an SVG document: its root element, title, description and style.
  /// - Parameters:
  ///   - role: `img` for one picture, `group` for several that a screen reader can visit one by one.
  ///   - isStyled: false for a page that has `Theme.css` itself.
  static func documentStart(
    width: Int, height: Int, id: String, role: String, title: String, summary: String, isStyled: Bool = true
  ) -> Markup {
    var start: Markup = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      font-family="system-ui, Helvetica, Arial, sans-serif" role="\(role)"
      """
    start += names(id: id, title: title, summary: summary)
    if isStyled { start += Theme.style }
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
