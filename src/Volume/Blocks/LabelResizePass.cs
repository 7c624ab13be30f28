using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Brings labels to another size by taking the nearest voxel, block by block.</summary>
internal static class LabelResizePass
{
    /// <summary>Resizes every block that is not finished yet; its record is the part of each cell that lies in it.</summary>
    /// <param name="labels">Labels, of which some cells are kept; borrowed.</param>
    /// <param name="resized">Receives the labels.</param>
    /// <param name="step">Name of the records.</param>
    /// <param name="blocks">Blocks of the result.</param>
    /// <param name="workspace">Holds the records.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked before every block.</param>
    public static void Run(
        PatchedLabels labels, IVolumeStore<int> resized, string step, BlockGrid blocks,
        IVolumeWorkspace workspace, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var nearest = new NearestVoxels(labels.Shape, resized.Shape);
        blocks.ForEach(workspace, step, progress, cancellationToken, box =>
        {
            VolumeBox from = nearest.SourceOf(box);
            int[] values = nearest.Resize(labels.Read(from), from, box);
            resized.Write(0, box, values);
            resized.Flush();
            return CellExtent.ToBytes(CellExtent.Find(values, box, blocks.Volume));
        });
    }
}
