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

    /// <summary>Makes the change, or takes it back, in a box that was cut out of the volume.</summary>
    /// <param name="voxels">uint32 [depth, height, width] of the box.</param>
    /// <param name="box">The box.</param>
    /// <param name="whole">Lengths of the volume's axes.</param>
    /// <param name="forth">Whether from old to new.</param>
    public void Write(uint[] voxels, VolumeBox box, VolumeShape whole, bool forth)
    {
        List<VoxelRun> runs = RunEncoder.Decode(Runs);
        if (!forth)
            runs.Reverse();
        foreach (VoxelRun run in runs)
        {
            for (long at = run.Start; at < run.Start + run.Length; at++)
            {
                int x = (int)(at % whole.X), y = (int)(at / whole.X % whole.Y), z = (int)(at / ((long)whole.X * whole.Y));
                if (box.Contains(z, y, x))
                    voxels[((z - box.Z) * box.Height + y - box.Y) * box.Width + x - box.X] = forth ? run.New : run.Old;
            }
        }
    }

    private static void Fill(LabelVolume volume, VoxelRun run, uint id)
    {
        if (run.Start < 0 || run.Length < 0 || run.Start > volume.Voxels.LongLength - run.Length)
            throw new InvalidDataException($"changed voxels {run.Start} to {run.Start + run.Length} are not in a volume of {volume.Shape}.");
        volume.Voxels.AsSpan((int)run.Start, (int)run.Length).Fill(id);
    }
}
