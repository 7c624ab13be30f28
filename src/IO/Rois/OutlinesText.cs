using System.Globalization;
using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.IO.Rois;

/// <summary>Writes and reads <c>_cp_outlines.txt</c>: one outline a line, as x,y,x,y,... pixels.</summary>
public static class OutlinesText
{
    /// <summary>Writes outlines; those without points are left out.</summary>
    /// <param name="writer">Receives the lines; borrowed.</param>
    /// <param name="outlines">In the order of the lines; borrowed.</param>
    public static void Write(TextWriter writer, IEnumerable<Outline> outlines)
    {
        foreach (Outline outline in outlines)
        {
            for (int i = 0; i < outline.Points.Length; i++)
            {
                if (i > 0)
                    writer.Write(',');
                writer.Write(outline.Points[i].X.ToString(CultureInfo.InvariantCulture));
                writer.Write(',');
                writer.Write(outline.Points[i].Y.ToString(CultureInfo.InvariantCulture));
            }
            if (outline.Points.Length > 0)
                writer.Write('\n');
        }
    }

    /// <summary>Reads outlines, numbered from 1 by line.</summary>
    /// <param name="reader">The lines; borrowed.</param>
    /// <param name="name">Used in messages.</param>
    /// <exception cref="InvalidDataException">A line is no list of pairs of integers.</exception>
    public static IReadOnlyList<Outline> Read(TextReader reader, string name)
    {
        var outlines = new List<Outline>();
        for (int line = 1; reader.ReadLine() is { } text; line++)
        {
            if (text.Length == 0)
                continue;
            string[] parts = text.Split(',');
            var points = new OutlinePoint[parts.Length / 2];
            for (int i = 0; i < parts.Length; i++)
            {
                if (parts.Length % 2 != 0 || !int.TryParse(parts[i], NumberStyles.Integer, CultureInfo.InvariantCulture, out int value))
                    throw new InvalidDataException($"line {line} of '{name}' must be x,y,x,y,... of integers; got {parts.Length} values, one of them '{Weights.Pickle.PickleReader.Printable(parts[i])}'.");
                points[i / 2] = i % 2 == 0 ? new OutlinePoint(0, value) : points[i / 2] with { Y = value };
            }
            outlines.Add(new Outline(outlines.Count + 1, points));
        }
        return outlines;
    }
}
