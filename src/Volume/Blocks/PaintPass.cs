using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Pass 3: gives every voxel the label of the seed region in which its point ended.</summary>
/// <param name="blocks">The blocks of pass 1.</param>
/// <param name="seeds">The regions.</param>
/// <param name="workspace">Holds the tables of ends; receives the part of each cell that lies in a block, for the cell's owner.</param>
/// <param name="threads">Number of threads; 0 takes all processors.</param>
internal sealed class PaintPass(BlockGrid blocks, SeedPass seeds, IVolumeWorkspace workspace, int threads)
{
    /// <summary>Name under which the parts of cells are sent.</summary>
    public const string PartsStep = "parts-to";

    /// <summary>Paints a block.</summary>
    /// <param name="n">The block.</param>
    /// <param name="ends">The record of pass 1.</param>
    /// <param name="places">Each voxel's place in its block's table; borrowed.</param>
    /// <param name="labels">Receives the labels.</param>
    /// <param name="cancellationToken">Checked between pieces.</param>
    public StepResult RunBlock(int n, VoxelTable ends, IVolumeStore<int> places, IVolumeStore<int> labels, CancellationToken cancellationToken)
    {
        VolumeBox box = blocks[n];
        int[] labelOf = [0, .. seeds.LabelsAt(ends.Voxels)];
        int[] voxels = GC.AllocateUninitializedArray<int>(checked((int)box.Count));
        places.Read(0, box, voxels);
        ParallelWork.Ranges(voxels.Length, 1 << 16, threads, (from, to) =>
        {
            foreach (ref int voxel in voxels.AsSpan(from, to - from))
                voxel = labelOf[voxel];
        }, cancellationToken);
        return new StepResult([], () =>
        {
            labels.Write(0, box, voxels);
            labels.Flush();
            seeds.Owners.Send(workspace, PartsStep, n, CellExtent.Find(voxels, box, blocks.Volume));
        });
    }
}
