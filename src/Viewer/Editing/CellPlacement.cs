using System.Collections.Immutable;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Editing;

/// <summary>Brings cells that were found elsewhere into labels.</summary>
internal static class CellPlacement
{
    /// <summary>The edit that puts cells into labels; a cell that is there already, larger or smaller, keeps its id.</summary>
    /// <param name="volume">The labels of the time point; borrowed.</param>
    /// <param name="found">The cells; borrowed.</param>
    /// <param name="keepsOthers">As <see cref="EditCommand.PutCells.KeepsOthers"/>.</param>
    /// <param name="instead">As <see cref="EditCommand.PutCells.Instead"/>.</param>
    public static EditCommand.PutCells CommandFor(LabelVolume volume, FoundCells found, bool keepsOthers, IReadOnlySet<uint> instead)
    {
        Require(found.Box, volume.Shape);
        var shared = new Dictionary<(int Cell, uint Id), long>();
        var before = new Dictionary<uint, long>();
        long[] sizes = new long[found.Count + 1];
        // what lies in a row is counted at once
        (int Cell, uint Id) pair = default;
        long run = 0;
        Visit(volume.Shape, found.Box, (at, n) =>
        {
            (int Cell, uint Id) here = (found.Labels[n], volume.Voxels[at]);
            if (here != pair)
                Count();
            (pair, run) = (here, run + 1);
        });
        Count();

        // the same cell: more than half of the smaller one is in the larger; of several pieces the one that shares most
        uint[] ids = new uint[found.Count];
        var given = new HashSet<uint>();
        foreach (((int cell, uint id), long both) in shared.OrderByDescending(s => s.Value).ThenBy(s => s.Key))
        {
            if (ids[cell - 1] == 0 && 2 * both > Math.Min(sizes[cell], before[id]) && given.Add(id))
                ids[cell - 1] = id;
        }
        return new EditCommand.PutCells(found.Box, Pack(found.Labels), [.. ids], keepsOthers, keepsOthers ? [.. instead.Order()] : []) { Time = found.Time };

        void Count()
        {
            sizes[pair.Cell] += run;
            if (pair.Id != 0 && (!keepsOthers || instead.Contains(pair.Id)))
            {
                before[pair.Id] = before.GetValueOrDefault(pair.Id) + run;
                if (pair.Cell != 0)
                    shared[pair] = shared.GetValueOrDefault(pair) + run;
            }
            run = 0;
        }
    }

    /// <summary>Puts cells into labels.</summary>
    /// <param name="recorder">Receives the voxels.</param>
    /// <param name="put">The cells.</param>
    /// <param name="draw">Takes an id into use; null makes a new one.</param>
    /// <exception cref="ArgumentException">A box that leaves the volume, cells that leave the box, or fewer ids than cells.</exception>
    public static void Put(EditRecorder recorder, EditCommand.PutCells put, Func<uint?, uint> draw)
    {
        LabelVolume volume = recorder.Volume;
        Require(put.Box, volume.Shape);
        int[] cells = Unpack(put);
        HashSet<uint> instead = put.Instead.IsDefault ? [] : [.. put.Instead];
        bool Stays(uint id) => put.KeepsOthers && id != 0 && !instead.Contains(id);

        int most = put.Ids.IsDefault ? 0 : put.Ids.Length;
        long[] sizes = new long[most + 1], taken = new long[most + 1];
        Visit(volume.Shape, put.Box, (at, n) =>
        {
            sizes[cells[n]]++;
            if (cells[n] != 0 && Stays(volume.Voxels[at]))
                taken[cells[n]]++;
        });
        uint[] ids = new uint[most + 1];
        for (int cell = 1; cell <= most; cell++)
        {
            if (sizes[cell] > 0 && 2 * taken[cell] <= sizes[cell])
                ids[cell] = draw(put.Ids[cell - 1] is not 0 and uint id ? id : null);
        }

        int i = 0;
        for (int z = put.Box.Z; z < put.Box.EndZ; z++)
        {
            for (int y = put.Box.Y; y < put.Box.EndY; y++)
            {
                for (int x = put.Box.X; x < put.Box.EndX; x++, i++)
                {
                    if (!Stays(recorder[z, y, x]))
                        recorder.Set(z, y, x, ids[cells[i]]);
                }
            }
        }
    }

    /// <summary>Packs labels of a box.</summary>
    /// <param name="labels">int32 [depth, height, width], cells from 1; borrowed.</param>
    public static byte[] Pack(int[] labels)
    {
        var runs = new RunEncoder();
        for (int start = 0; start < labels.Length;)
        {
            int end = start + 1;
            while (end < labels.Length && labels[end] == labels[start])
                end++;
            if (labels[start] != 0)
                runs.Add(new VoxelRun(start, end - start, 0, (uint)labels[start]));
            start = end;
        }
        return runs.ToArray();
    }

    private static int[] Unpack(EditCommand.PutCells put)
    {
        int most = put.Ids.IsDefault ? 0 : put.Ids.Length;
        int[] cells = new int[put.Box.Count];
        try
        {
            foreach (VoxelRun run in RunEncoder.Decode(put.Cells))
            {
                if (run.Start < 0 || run.Length < 0 || run.Start > cells.Length - run.Length || run.New == 0 || run.New > most)
                    throw new ArgumentException($"cells to put must lie in the box {put.Box} and be numbered 1 to {most}, the number of their ids; got voxels {run.Start} to {run.Start + run.Length} of cell {run.New}.", nameof(put));
                cells.AsSpan((int)run.Start, (int)run.Length).Fill((int)run.New);
            }
        }
        catch (InvalidDataException e)
        {
            throw new ArgumentException($"cells to put cannot be unpacked: {e.Message}", nameof(put), e);
        }
        return cells;
    }

    private static void Require(VolumeBox box, VolumeShape shape)
    {
        if (box.Depth < 1 || box.Height < 1 || box.Width < 1 || box.Z < 0 || box.Y < 0 || box.X < 0
            || box.Depth > shape.Z - box.Z || box.Height > shape.Y - box.Y || box.Width > shape.X - box.X)
            throw new ArgumentException($"a box of cells to put must lie in the volume of {shape}; got {box}.", nameof(box));
    }

    // each voxel of a box by its index in the volume and in the box
    private static void Visit(VolumeShape shape, VolumeBox box, Action<long, int> each)
    {
        int n = 0;
        for (int z = box.Z; z < box.EndZ; z++)
        {
            for (int y = box.Y; y < box.EndY; y++)
            {
                long at = ((long)z * shape.Y + y) * shape.X + box.X;
                for (int x = 0; x < box.Width; x++)
                    each(at++, n++);
            }
        }
    }
}
