using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.TemporalFlow.Learned.Training;

namespace Cellpose3D.Tracking.Tests.TemporalFlow.Learned;

/// <summary>Makes small movies of discs, each with its own size and brightness, that jump about; some divide.</summary>
internal static class JumpingCells
{
    /// <summary>A movie.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="side">Pixels along Y and X.</param>
    /// <param name="frames">Frames.</param>
    /// <param name="cells">Cells of the first frame.</param>
    /// <param name="step">Deviation of a jump, in diameters.</param>
    /// <param name="diameter">Mean diameter in pixels.</param>
    /// <param name="divisions">Share of cells that divide in a frame.</param>
    public static TemporalMovie Make(int seed, int side = 96, int frames = 6, int cells = 10, double step = 0.5, double diameter = 16, double divisions = 0.03)
    {
        var random = new Random(seed);
        var alive = new List<Cell>();
        var rows = new SortedDictionary<int, TrackRow>();
        int next = 1;
        for (int n = 0; n < cells; n++)
            alive.Add(new Cell(next++, 0, side * random.NextDouble(), side * random.NextDouble(), diameter / 2 * (0.75 + 0.5 * random.NextDouble()), 0.3 + 0.7 * random.NextDouble()));
        var images = new List<NdArray<float>>();
        var labels = new List<NdArray<int>>();
        for (int t = 0; t < frames; t++)
        {
            var image = new NdArray<float>(side, side);
            var frame = new NdArray<int>(side, side);
            for (int i = 0; i < image.Length; i++)
                image.Data[i] = (float)(0.05 * random.NextDouble());
            foreach (Cell cell in alive)
                Draw(cell, image, frame);
            foreach (int label in frame.Data.Where(l => l > 0).Distinct())
            {
                Cell cell = alive.Single(c => c.Label == label);
                rows[label] = rows.TryGetValue(label, out TrackRow row) ? row with { End = t } : new TrackRow(label, t, t, rows.ContainsKey(cell.Parent) ? cell.Parent : 0);
            }
            images.Add(image);
            labels.Add(frame);
            var moved = new List<Cell>();
            foreach (Cell cell in alive)
            {
                double dy = step * diameter * Normal(random), dx = step * diameter * Normal(random);
                if (random.NextDouble() >= divisions)
                {
                    moved.Add(cell with { Y = Inside(cell.Y + dy), X = Inside(cell.X + dx) });
                    continue;
                }
                moved.Add(new Cell(next++, cell.Label, Inside(cell.Y + dy - cell.Radius), Inside(cell.X + dx), 0.75 * cell.Radius, cell.Light));
                moved.Add(new Cell(next++, cell.Label, Inside(cell.Y + dy + cell.Radius), Inside(cell.X + dx), 0.75 * cell.Radius, cell.Light));
            }
            alive = moved;
        }
        return new TemporalMovie(images, labels, [.. rows.Values]);

        double Inside(double place) => Math.Clamp(place, 0, side - 1);
    }

    private static void Draw(Cell cell, NdArray<float> image, NdArray<int> frame)
    {
        int side = image.Shape[1];
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                double r = ((y - cell.Y) * (y - cell.Y) + (x - cell.X) * (x - cell.X)) / (cell.Radius * cell.Radius);
                int i = y * side + x;
                if (r > 1 || frame.Data[i] != 0)
                    continue;
                frame.Data[i] = cell.Label;
                image.Data[i] += (float)(cell.Light * (1 - 0.5 * r));
            }
        }
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private readonly record struct Cell(int Label, int Parent, double Y, double X, double Radius, double Light);
}
