extension Sheet {
  /// The sheet as an SVG document.
  ///
  /// - Parameters:
  ///   - width: SVG units, 240 to 10,000.
  ///   - rowHeight: height of a row with its heading, in SVG units, 100 to 2,000.
  ///   - id: prefix of the ids in the document: letters, digits and hyphens. Several documents on one page need different ones.
  package func svg(width: Int = 1200, rowHeight: Int = 190, id: String = "sheet") -> String {
    SheetDrawing(self, width: width, rowHeight: rowHeight).document(id: id)
  }

  /// The rows one by one, as SVG elements for an HTML page that has a heading of its own and shows `legendSVG`.
  ///
  /// - Parameters: as those of `svg`; the number of the row is appended to `id`.
  package func rowSVGs(width: Int, rowHeight: Int, id: String = "row") -> [String] {
    SheetDrawing(self, width: width, rowHeight: rowHeight).rowDocuments(id: id)
  }

  /// The legend of all rows as an SVG element, for a page that embeds `rowSVGs`; empty if no series has a name.
  package func legendSVG(width: Int, id: String = "legend") -> String {
    SheetDrawing(self, width: width, rowHeight: 0).legendDocument(id: id)
  }
}
