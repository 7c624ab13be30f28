using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Core2D.Training;

namespace Cellpose3D.Tracking.TemporalFlow.Learned.Training;

/// <summary>Draws clips from movies: skips frames, turns and mirrors, lets the view drift, changes size and intensities, spoils masks.</summary>
/// <param name="options">How much.</param>
/// <param name="frames">Frames of a clip.</param>
/// <param name="crop">Side in resized pixels.</param>
/// <param name="diameter">The model's diameter.</param>
internal sealed class ClipMaker(ClipOptions options, int frames, int crop, double diameter)
{
    private const double FarthestStep = 2;                               // in diameters, from frame to frame of a clip

    /// <summary>Makes a clip, or null where the movie has no cells or too few frames.</summary>
    /// <param name="movie">Borrowed.</param>
    /// <param name="random">The clip's own stream.</param>
    public Clip? Make(TemporalMovie movie, ref RandomStream random)
    {
        int skip = DrawSkip(movie, ref random), count = Math.Min(frames, (movie.Labels.Count - 1) / skip + 1);
        if (count < 2 || movie.Diameter <= 0)
            return null;
        int first = random.NextBelow(movie.Labels.Count - (count - 1) * skip);
        double scale = diameter / movie.Diameter * (1 + options.ScaleRange * (random.NextUnit() - 0.5));
        int side = Math.Max(1, (int)Math.Round(crop / scale)), turn = random.NextBelow(8);
        bool blind = random.NextUnit() < options.BlindShare;
        double drift = random.NextUnit() < 0.5 ? options.Drift * movie.Diameter : 0;

        var planes = new CellPlane[count];
        int[][] tracks = new int[count][];
        (double Y, double X)[] drifts = new (double, double)[count];                   // since the frame before, in pixels of the movie
        (int top, int left) = Corner(movie, side, ref random);
        int nodes = crop / CellPlane.Step;
        var images = new NdArray<float>(count, crop, crop);
        for (int k = 0; k < count; k++)
        {
            if (k > 0)
            {
                int dy = (int)Math.Round(drift * random.NextBetween(-1, 1)), dx = (int)Math.Round(drift * random.NextBetween(-1, 1));
                (top, left) = (top - dy, left - dx);
                drifts[k] = Turn(dy, dx, turn);
            }
            NdArray<int> labels = Window(movie.Labels[first + k * skip], top, left, side, turn);
            NdArray<float> image = Window(movie.Images[first + k * skip], top, left, side, turn);
            Spoil(labels, ref random);
            tracks[k] = [.. labels.Data.Where(l => l > 0).Distinct().Order()];
            Dictionary<int, int> index = Enumerable.Range(0, tracks[k].Length).ToDictionary(n => tracks[k][n]);
            double own = (double)crop / side;
            planes[k] = CellPlane.Lay(labels, l => index[l], tracks[k].Length, blind ? null : image, own, own, diameter);
            if (planes[k].Height != nodes || planes[k].Width != nodes)
                throw new InvalidOperationException($"a clip must have {nodes} x {nodes} nodes; got {planes[k].Height} x {planes[k].Width}.");
            if (!blind)
                Draw(image, images.Plane(k), ref random);
        }
        var ancestry = new Ancestry(movie.Rows);
        PairGraph graph = PairGraph.Build(planes, Pairs(drifts, (double)crop / side, ref random));
        return new Clip(images, graph, PairTruth.Find(graph, tracks, ancestry, diameter));
    }

    /// <summary>Skips after which cells are mostly out of the head's reach teach nothing.</summary>
    private int DrawSkip(TemporalMovie movie, ref RandomStream random)
    {
        (int Skip, double Share)[] possible =
            [.. options.Skips.Where(s => s.Skip == 1 || (s.Skip * (frames - 1) < movie.Labels.Count && movie.Step * Math.Sqrt(s.Skip) <= FarthestStep))];
        double at = random.NextUnit() * possible.Sum(s => s.Share);
        foreach ((int skip, double share) in possible)
        {
            at -= share;
            if (at < 0)
                return skip;
        }
        return 1;
    }

    private static (int Top, int Left) Corner(TemporalMovie movie, int side, ref RandomStream random)
    {
        int height = movie.Labels[0].Shape[0], width = movie.Labels[0].Shape[1];
        return (Place(height, ref random), Place(width, ref random));

        // a movie smaller than the window lies anywhere in it
        int Place(int length, ref RandomStream random) => length > side ? random.NextBelow(length - side + 1) : -random.NextBelow(side - length + 1);
    }

    /// <summary>All pairs of neighbouring frames, one pair over two steps, one over three.</summary>
    private List<FramePair> Pairs((double Y, double X)[] drifts, double scale, ref RandomStream random)
    {
        int count = drifts.Length;
        var pairs = new List<FramePair>();
        for (int steps = 1; steps <= Math.Min(PairGraph.MostSteps, count - 1); steps++)
        {
            int starts = count - steps, only = steps == 1 ? -1 : random.NextBelow(starts);
            for (int k = 0; k < starts; k++)
            {
                if (only >= 0 && k != only)
                    continue;
                (double y, double x) = (0, 0);
                for (int i = k + 1; i <= k + steps; i++)
                    (y, x) = (y + drifts[i].Y, x + drifts[i].X);
                (double errorY, double errorX) = random.NextNormals();
                pairs.Add(new FramePair(
                    k, k + steps, steps, (float)(y * scale / diameter + errorY * options.DriftError), (float)(x * scale / diameter + errorX * options.DriftError)));
            }
        }
        return pairs;
    }

    private void Spoil(NdArray<int> labels, ref RandomStream random)
    {
        bool erode = random.NextUnit() < options.ErodedShare;
        var missing = new Dictionary<int, bool>();
        foreach (int label in labels.Data.Where(l => l > 0).Distinct().Order().ToArray())
            missing[label] = random.NextUnit() < options.MissingShare;
        NdArray<int>? before = erode ? labels.Clone() : null;
        int side = labels.Shape[1];
        for (int i = 0; i < labels.Length; i++)
        {
            int label = labels.Data[i];
            if (label == 0)
                continue;
            int y = i / side, x = i % side;
            bool rim = before is not null
                && ((x > 0 && before.Data[i - 1] != label) || (x + 1 < side && before.Data[i + 1] != label)
                    || (y > 0 && before.Data[i - side] != label) || (y + 1 < labels.Shape[0] && before.Data[i + side] != label));
            if (rim || missing[label])
                labels.Data[i] = 0;
        }
    }

    private void Draw(NdArray<float> image, Span<float> target, ref RandomStream random)
    {
        NdArray<float> normal = Normalizer.Normalize(image.Reshape(1, image.Shape[0], image.Shape[1]), new NormalizeOptions { Threads = 1 });
        NdArray<float> resized = Resizer.Bilinear(normal, crop, crop, 1);
        IntensityAugmentation.Apply(resized.Span, crop, crop, options.Intensity, ref random);
        resized.Span.CopyTo(target);
    }

    /// <summary>A square of a frame, zero outside it, turned.</summary>
    private static NdArray<T> Window<T>(NdArray<T> frame, int top, int left, int side, int turn)
        where T : unmanaged
    {
        int height = frame.Shape[0], width = frame.Shape[1];
        var window = new NdArray<T>(side, side);
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                (int fromY, int fromX) = (turn & 1) == 0 ? (y, x) : (x, y);
                (fromY, fromX) = (top + ((turn & 2) == 0 ? fromY : side - 1 - fromY), left + ((turn & 4) == 0 ? fromX : side - 1 - fromX));
                if (fromY >= 0 && fromX >= 0 && fromY < height && fromX < width)
                    window.Data[y * side + x] = frame.Data[fromY * width + fromX];
            }
        }
        return window;
    }

    /// <summary>A displacement, turned as <see cref="Window{T}"/> turns places.</summary>
    private static (double Y, double X) Turn(double y, double x, int turn)
    {
        (y, x) = ((turn & 2) == 0 ? y : -y, (turn & 4) == 0 ? x : -x);
        return (turn & 1) == 0 ? (y, x) : (x, y);
    }
}
