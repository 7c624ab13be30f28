using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Brings labels to another size by taking the nearest voxel, block by block.</summary>
/// <param name="labels">Labels, of which some cells are kept; borrowed.</param>
/// <param name="blocks">Blocks of the result.</param>
/// <param name="owners">Are sent the part of each cell that lies in a block.</param>
/// <param name="workspace">Receives those parts.</param>
internal sealed class LabelResizePass(PatchedLabels labels, BlockGrid blocks, LabelOwners owners, IVolumeWorkspace workspace)
{
    /// <summary>Name under which the parts of cells are sent.</summary>
    public const string PartsStep = "resized-to";

    private readonly NearestVoxels _nearest = new(labels.Shape, blocks.Volume);

    /// <summary>Makes a block of the result.</summary>
    /// <param name="n">The block.</param>
    /// <param name="resized">Receives the labels.</param>
    public StepResult RunBlock(int n, IVolumeStore<int> resized)
    {
        VolumeBox box = blocks[n], from = _nearest.SourceOf(box);
        int[] values = _nearest.Resize(labels.Read(from), from, box);
        return new StepResult([], () =>
        {
            resized.Write(0, box, values);
            resized.Flush();
            owners.Send(workspace, PartsStep, n, CellExtent.Find(values, box, blocks.Volume));
        });
    }
}
