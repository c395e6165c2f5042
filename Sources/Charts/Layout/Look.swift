/// The sizes that differ between a plot alone and one of many on a sheet.
struct Look: Sendable {
  var title: Font
  var subtitle: Font
  /// At the axes and lines.
  var label = Font(size: 11)
  var padding: Double
  /// Whether the subtitle may follow the title on its line, and the legend is somebody else's.
  var isCompact: Bool
  /// Between two labels of the y axis.
  var tickDistance: Double

  /// From one line of labels to the next.
  var lineHeight: Double { label.size + 3 }

  static let alone = Look(
    title: Font(size: 15, isBold: true), subtitle: Font(size: 12), padding: 12, isCompact: false, tickDistance: 36)
  static let onSheet = Look(
    title: Font(size: 12, isBold: true), subtitle: Font(size: 11), padding: 0, isCompact: true, tickDistance: 21)
}
