/// Plots under one heading, in rows, with one legend for all. Plots below each other have the same left and right edges, so that the same
/// time stands below the same time.
public struct Sheet: Sendable {
  public struct Row: Sendable {
    public var heading: String
    /// Smaller, after the heading.
    public var note: String
    /// Side by side, of the same width.
    public var plots: [Plot]

    public init(heading: String = "", note: String = "", plots: [Plot]) {
      self.heading = heading
      self.note = note
      self.plots = plots
    }
  }

  public var title: String
  public var subtitle: String
  /// What a screen reader says after the title.
  public var summary: String
  public var rows: [Row]

  public init(title: String = "", subtitle: String = "", summary: String = "", rows: [Row] = []) {
    self.title = title
    self.subtitle = subtitle
    self.summary = summary
    self.rows = rows
  }

  /// A whole SVG document.
  ///
  /// - Parameters:
  ///   - width: In SVG units; from 240 to 10,000.
  ///   - rowHeight: Of a row with its heading; from 100 to 2,000.
  ///   - id: What the ids inside begin with; a page that embeds several needs different ones. Letters, digits and hyphens.
  public func svg(width: Int = 1200, rowHeight: Int = 190, id: String = "sheet") -> String {
    SheetDrawing(self, width: width, rowHeight: rowHeight).document(id: id)
  }

  /// The rows one by one, as SVG elements to embed in an HTML page, which gives them its own heading and `legendSVG`.
  ///
  /// - Parameters: As of `svg`; ids continue with the number of the row.
  public func rowSVGs(width: Int, rowHeight: Int, id: String = "row") -> [String] {
    SheetDrawing(self, width: width, rowHeight: rowHeight).rowDocuments(id: id)
  }

  /// The legend of all rows as an SVG element for the page that embeds `rowSVGs`; empty if there is nothing to tell apart.
  public func legendSVG(width: Int, id: String = "legend") -> String {
    SheetDrawing(self, width: width, rowHeight: 0).legendDocument(id: id)
  }
}
