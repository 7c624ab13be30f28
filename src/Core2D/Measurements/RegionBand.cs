using System.Runtime.InteropServices;

namespace Cellpose3D.Core2D.Measurements;

/// <summary>Counts the cells of some rows of one plane: pixels and intensities of the rows, and what changes between them and the rows before.</summary>
/// <remarks>
/// Every corner of the voxel lattice is looked at once, with its eight voxels (four in an image): from which labels meet there follow the
/// Euler number (corners - edges + faces - voxels of the closed union), the changes along 13 directions, and the contacts.
/// Corners at the far border belong to the last rows and to a plane of background behind the last.
/// </remarks>
internal sealed class RegionBand
{
    // pairs of the eight voxels at a corner (z, y, x as bits 4, 2, 1; set: this side), in the order of SurfaceDirections
    private static readonly (int A, int B)[] Pairs =
        [(6, 7), (5, 7), (3, 7), (4, 7), (5, 6), (2, 7), (3, 6), (1, 7), (3, 5), (0, 7), (1, 6), (2, 5), (3, 4)];

    // per edge and face that goes on from the corner: the voxels around it
    private static readonly int[] EdgeZ = [4, 5, 6, 7], EdgeY = [2, 3, 6, 7], EdgeX = [1, 3, 5, 7];
    private static readonly int[] FaceZY = [6, 7], FaceZX = [5, 7], FaceYX = [3, 7];

    private readonly Dictionary<int, int> _slots = [];
    private readonly Dictionary<long, long> _contacts = [];
    private readonly List<RegionSums> _sums = [];
    private int[] _here = [], _before = [];                              // slots with a frame of background
    private int _channels;

    /// <summary>Counts of the labels met, in the order they were met.</summary>
    public IReadOnlyList<RegionSums> Sums => _sums;

    /// <summary>Counts rows of a plane.</summary>
    /// <param name="labels">int32 [Y, X]; empty stands for background behind the last plane.</param>
    /// <param name="before">The plane before; empty for none.</param>
    /// <param name="channels">float32 [Y, X] each.</param>
    /// <param name="z">The plane's index.</param>
    /// <param name="rows">First row and the one after the last.</param>
    /// <param name="height">Rows of the plane.</param>
    /// <param name="width">Columns.</param>
    /// <param name="isVolume">Eight voxels at a corner rather than four.</param>
    public void Count(
        ReadOnlyMemory<int> labels, ReadOnlyMemory<int> before, IReadOnlyList<ReadOnlyMemory<float>> channels,
        int z, (int From, int To) rows, int height, int width, bool isVolume)
    {
        _slots.Clear();
        _contacts.Clear();
        _sums.Clear();
        _channels = channels.Count;
        int stride = width + 2, lines = rows.To - rows.From + 2;         // one line before, and one that is used behind the last row
        Fill(ref _here, labels.Span, rows.From - 1, lines, height, width);
        for (int y = rows.From; y < rows.To && !labels.IsEmpty; y++)
            CountRow(_here.AsSpan((y - rows.From + 1) * stride + 1, width), channels, z, y, width);
        if (isVolume)
            Fill(ref _before, before.Span, rows.From - 1, lines, height, width);

        Span<int> corner = stackalloc int[8];
        corner.Clear();
        int last = rows.To == height ? rows.To : rows.To - 1;
        for (int y = rows.From; y <= last; y++)
        {
            ReadOnlySpan<int> down = _here.AsSpan((y - rows.From + 1) * stride, stride), up = _here.AsSpan((y - rows.From) * stride, stride);
            ReadOnlySpan<int> downBefore = isVolume ? _before.AsSpan((y - rows.From + 1) * stride, stride) : default;
            ReadOnlySpan<int> upBefore = isVolume ? _before.AsSpan((y - rows.From) * stride, stride) : default;
            bool rowPair = y > 0 && y < height && !labels.IsEmpty;       // this row and the one above are in the image
            for (int x = 0; x <= width; x++)
            {
                int own = down[x + 1];
                if (down[x] == own && up[x] == own && up[x + 1] == own
                    && (!isVolume || (downBefore[x] == own && downBefore[x + 1] == own && upBefore[x] == own && upBefore[x + 1] == own)))
                {
                    continue;                                            // all alike: corners, edges, faces and voxels cancel
                }
                (corner[4], corner[5], corner[6], corner[7]) = (up[x], up[x + 1], down[x], own);
                if (isVolume)
                    (corner[0], corner[1], corner[2], corner[3]) = (upBefore[x], upBefore[x + 1], downBefore[x], downBefore[x + 1]);
                CountEuler(corner, isVolume);
                if (isVolume)
                    CountCrossings(corner);
                bool inRow = y < height && !labels.IsEmpty;
                if (x > 0 && x < width && inRow)
                    CountFace(corner[6], own);
                if (rowPair && x < width)
                    CountFace(corner[5], own);
                if (isVolume && !before.IsEmpty && inRow && x < width)
                    CountFace(corner[3], own);
            }
        }
        foreach ((long pair, long faces) in _contacts)
        {
            RegionSums a = _sums[(int)(pair >> 32) - 1], b = _sums[(int)pair - 1];
            a.AddContact(b.Region.Label, faces);
            b.AddContact(a.Region.Label, faces);
        }
    }

    private void Fill(ref int[] slots, ReadOnlySpan<int> labels, int firstRow, int lines, int height, int width)
    {
        int stride = width + 2;
        if (slots.Length < lines * stride)
            slots = new int[lines * stride];
        Array.Clear(slots, 0, lines * stride);
        if (labels.IsEmpty)
            return;
        int lastLabel = 0, lastSlot = 0;
        for (int i = 0; i < lines; i++)
        {
            int y = firstRow + i;
            if (y < 0 || y >= height || i == lines - 1)
                continue;                                                // the line behind the rows is background, used behind the last row only
            ReadOnlySpan<int> from = labels.Slice(y * width, width);
            Span<int> to = slots.AsSpan(i * stride + 1, width);
            for (int x = 0; x < width; x++)
            {
                if (from[x] != lastLabel)
                    (lastLabel, lastSlot) = (from[x], SlotOf(from[x]));
                to[x] = lastSlot;
            }
        }
    }

    private int SlotOf(int label)
    {
        if (label == 0)
            return 0;
        if (label < 0)
            throw new ArgumentException($"labels must be 0 or greater; got {label}.", nameof(label));
        ref int slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_slots, label, out bool known);
        if (!known)
        {
            _sums.Add(new RegionSums(label, _channels));
            slot = _sums.Count;
        }
        return slot;
    }

    private void CountRow(ReadOnlySpan<int> slots, IReadOnlyList<ReadOnlyMemory<float>> channels, int z, int y, int width)
    {
        for (int x = 0; x < width;)
        {
            int start = x, slot = slots[x];
            while (x < width && slots[x] == slot)
                x++;
            if (slot == 0)
                continue;
            RegionSums sums = _sums[slot - 1];
            sums.AddRun(z, y, start, x);
            for (int c = 0; c < channels.Count; c++)
                sums.Intensity[c].AddRun(channels[c].Span.Slice(y * width + start, x - start));
        }
    }

    private void CountEuler(ReadOnlySpan<int> corner, bool isVolume)
    {
        for (int i = isVolume ? 0 : 4; i < 8; i++)
        {
            int slot = corner[i];
            if (slot == 0 || corner[..i].Contains(slot))
                continue;
            int own = corner[7] == slot ? 1 : 0;
            int euler = 1 - Has(corner, EdgeY, slot) - Has(corner, EdgeX, slot) + own;
            if (isVolume)
                euler += -Has(corner, EdgeZ, slot) + Has(corner, FaceZY, slot) + Has(corner, FaceZX, slot) + Has(corner, FaceYX, slot) - 2 * own;
            _sums[slot - 1].Euler += euler;
        }
    }

    private static int Has(ReadOnlySpan<int> corner, int[] voxels, int slot)
    {
        foreach (int i in voxels)
        {
            if (corner[i] == slot)
                return 1;
        }
        return 0;
    }

    private void CountCrossings(ReadOnlySpan<int> corner)
    {
        for (int k = 0; k < Pairs.Length; k++)
        {
            int a = corner[Pairs[k].A], b = corner[Pairs[k].B];
            if (a == b)
                continue;
            if (a != 0)
                _sums[a - 1].Crossings[k]++;
            if (b != 0)
                _sums[b - 1].Crossings[k]++;
        }
    }

    private void CountFace(int a, int b)
    {
        if (a == b)
            return;
        if (a != 0)
            _sums[a - 1].Faces++;
        if (b != 0)
            _sums[b - 1].Faces++;
        if (a != 0 && b != 0)
            CollectionsMarshal.GetValueRefOrAddDefault(_contacts, (long)Math.Min(a, b) << 32 | (uint)Math.Max(a, b), out _)++;
    }
}
