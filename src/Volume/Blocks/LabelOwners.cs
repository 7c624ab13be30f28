using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Which block answers for a cell: the one its seed lies in. The labels of a block's cells follow each other.</summary>
/// <param name="offsets">The number of labels before each block's, and of all: ascending, one more than blocks.</param>
internal sealed class LabelOwners(int[] offsets)
{
    /// <summary>Number of owners.</summary>
    public int Count => offsets.Length - 1;

    /// <summary>The first label of an owner.</summary>
    public int FirstLabel(int owner) => offsets[owner] + 1;

    /// <summary>Number of labels of an owner.</summary>
    public int LabelsOf(int owner) => offsets[owner + 1] - offsets[owner];

    /// <summary>The owner of a label.</summary>
    public int OwnerOf(int label)
    {
        int low = 0, high = Count - 1;                                   // the first whose last label is not below
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = offsets[middle + 1] < label ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    /// <summary>Saves what a block has found of cells, sorted by owner, for the owners to gather.</summary>
    /// <param name="workspace">Receives one record for each owner that is met.</param>
    /// <param name="step">The records' name.</param>
    /// <param name="block">Where the parts were found.</param>
    /// <param name="cells">Ascending by label.</param>
    public void Send(IVolumeWorkspace workspace, string step, int block, CellExtent[] cells)
    {
        for (int from = 0, end; from < cells.Length; from = end)
        {
            int owner = OwnerOf(cells[from].Label), last = offsets[owner + 1];
            for (end = from + 1; end < cells.Length && cells[end].Label <= last; end++)
            {
            }
            workspace.Save(FormattableString.Invariant($"{step}/{owner}/{block}"), CellExtent.ToBytes(cells[from..end]));
        }
    }

    /// <summary>Puts together what all blocks have found of an owner's cells.</summary>
    public static CellExtent[] Gather(IVolumeWorkspace workspace, string step, int owner)
    {
        string folder = FormattableString.Invariant($"{step}/{owner}");
        return CellExtent.Merge(workspace.List(folder).Select(block => workspace.Load($"{folder}/{block}")!));
    }
}
