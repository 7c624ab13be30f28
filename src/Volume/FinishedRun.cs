using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Blocks;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume;

/// <summary>What a workspace keeps of a run that came to its end, beside the labels: a resumed run has nothing left to compute.</summary>
/// <param name="Masks">What was filtered, and each cell's quality.</param>
/// <param name="NonFiniteVoxels">Number of NaN or infinite input values.</param>
internal sealed record FinishedRun(VolumeMasks Masks, long NonFiniteVoxels)
{
    private const string Record = "finished";

    /// <summary>Reads the record; null where the run has not come to its end.</summary>
    public static FinishedRun? Load(IVolumeWorkspace workspace, string record = Record)
    {
        if (workspace.Load(record) is not { } bytes)
            return null;
        using var reader = new BinaryReader(new MemoryStream(bytes));
        long nonFinite = reader.ReadInt64();
        int[] counts = [.. Enumerable.Range(0, 6).Select(_ => reader.ReadInt32())];
        var cells = new CellQuality[reader.ReadInt32()];
        for (int n = 0; n < cells.Length; n++)
            cells[n] = new CellQuality(reader.ReadInt32(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadBoolean());
        return new FinishedRun(new VolumeMasks(new FilterCounts(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]), cells), nonFinite);
    }

    /// <summary>Saves the record.</summary>
    public void Save(IVolumeWorkspace workspace, string record = Record)
    {
        var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(NonFiniteVoxels);
        FilterCounts f = Masks.Filtered;
        foreach (int count in (int[])[f.Found, f.TooLarge, f.FlowError, f.LostInResize, f.TooSmall, f.Enclosed])
            writer.Write(count);
        writer.Write(Masks.Cells.Count);
        foreach (CellQuality cell in Masks.Cells)
        {
            writer.Write(cell.Label);
            writer.Write(cell.Area);
            writer.Write(cell.FlowError);
            writer.Write(cell.MeanProbability);
            writer.Write(cell.TouchesBorder);
        }
        workspace.Save(record, bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
