/// The sizes that differ between a single plot and a plot on a sheet.
struct Look: Sendable {
  var title: Font
  var subtitle: Font
  /// For the labels of axes and limits.
  var label = Font(size: 11)
  var padding: Double
  /// Whether the subtitle may follow the title on its line and the sheet draws the legend.
  var isCompact: Bool
  /// The least distance of two labels of the y axis, in SVG units.
  var tickDistance: Double

  /// The distance of two lines of labels.
  var lineHeight: Double { label.size + 3 }

  static let alone = Look(
    title: Font(size: 15, isBold: true), subtitle: Font(size: 12), padding: 12, isCompact: false, tickDistance: 36)
  /// One of many small pictures on a page, each with its legend.
  static let panel = Look(
    title: Font(size: 12, isBold: true), subtitle: Font(size: 11), padding: 0, isCompact: false, tickDistance: 21)
  static let onSheet = Look(
    title: Font(size: 12, isBold: true), subtitle: Font(size: 11), padding: 0, isCompact: true, tickDistance: 21)
}
