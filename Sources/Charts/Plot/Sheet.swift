/// Plots in rows under one title, with one legend for all.
///
/// Plots of a column have the same left and right edges, so that equal times are below each other.
package struct Sheet: Sendable {
  package struct Row: Sendable {
    package var heading: String
    /// Smaller text after the heading.
    package var note: String
    /// Side by side, with equal widths.
    package var plots: [Plot]

    package init(heading: String = "", note: String = "", plots: [Plot]) {
      self.heading = heading
      self.note = note
      self.plots = plots
    }
  }

  package var title: String
  package var subtitle: String
  /// The text that a screen reader says after the title.
  package var summary: String
  package var rows: [Row]

  package init(title: String = "", subtitle: String = "", summary: String = "", rows: [Row] = []) {
    self.title = title
    self.subtitle = subtitle
    self.summary = summary
    self.rows = rows
  }
}
