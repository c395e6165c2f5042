extension Header {
  func draw(x: Double, y: Double, id: String, into svg: inout Markup) {
    for line in lines { line.text.draw(x: x + left, baseline: y + line.baseline, into: &svg) }
    legend?.draw(x: x + legendX, top: y + legendTop, id: id, into: &svg)
  }
}
