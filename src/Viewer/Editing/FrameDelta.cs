using System.Collections.Immutable;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>The voxels of one time point that an edit changed, with what they were and what they became.</summary>
/// <param name="Time">The time point.</param>
/// <param name="Runs">As packed by <see cref="RunEncoder"/>.</param>
/// <param name="Boxes">Boxes outside of which nothing changed.</param>
/// <param name="Ids">The cells that gained or lost voxels, rising.</param>
/// <param name="Voxels">How many voxels changed.</param>
internal sealed record FrameDelta(int Time, byte[] Runs, ImmutableArray<VolumeBox> Boxes, ImmutableArray<uint> Ids, long Voxels)
{
    /// <summary>Takes the change back.</summary>
    public void Undo(LabelVolume volume)
    {
        List<VoxelRun> runs = RunEncoder.Decode(Runs);
        for (int n = runs.Count - 1; n >= 0; n--)                         // a voxel that was changed twice gets its first id
            Fill(volume, runs[n], runs[n].Old);
    }

    /// <summary>Makes the change again.</summary>
    /// <exception cref="InvalidDataException">The runs leave the volume.</exception>
    public void Redo(LabelVolume volume)
    {
        foreach (VoxelRun run in RunEncoder.Decode(Runs))
            Fill(volume, run, run.New);
    }

    private static void Fill(LabelVolume volume, VoxelRun run, uint id)
    {
        if (run.Start < 0 || run.Length < 0 || run.Start > volume.Voxels.LongLength - run.Length)
            throw new InvalidDataException($"changed voxels {run.Start} to {run.Start + run.Length} are not in a volume of {volume.Shape}.");
        volume.Voxels.AsSpan((int)run.Start, (int)run.Length).Fill(id);
    }
}
