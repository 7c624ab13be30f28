using System.Runtime.InteropServices;
using Cellpose3D.Core2D.Dynamics;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Blocks;

/// <summary>Puts the parts of each cell together that blocks have painted, and checks size and flows: done by the cell's owner, whatever blocks it spans.</summary>
/// <param name="blocks">The blocks, which are the owners.</param>
/// <param name="seeds">Say who owns a cell.</param>
/// <param name="options">Limits of size and of the flow error.</param>
/// <param name="memoryBytes">Bytes a group of cells may take while it is measured.</param>
/// <param name="workspace">Holds the records.</param>
internal sealed class CellPass(BlockGrid blocks, SeedPass seeds, DynamicsOptions options, long memoryBytes, IVolumeWorkspace workspace)
{
    /// <summary>Name of the step and its records.</summary>
    public const string Step = "cells";

    private readonly OwnerCache<CellFate[]> _fates = new(owner =>
    {
        var fates = new CellFate[seeds.Owners.LabelsOf(owner)];
        foreach (CellRow row in RowsOf(workspace, owner))
            fates[row.Extent.Label - seeds.Owners.FirstLabel(owner)] = row.Fate;
        return fates;
    });

    /// <summary>Measure each cell's flow error also where none is removed by it.</summary>
    public bool MeasureFlowErrors { get; init; }

    /// <summary>Looks at the cells of an owner; the record holds a <see cref="CellRow"/> for each, ascending by label.</summary>
    /// <param name="owner">The block.</param>
    /// <param name="painted">The labels; borrowed.</param>
    /// <param name="flows">Flow along Z, Y and X; borrowed.</param>
    /// <param name="cancellationToken">Checked between cells.</param>
    public StepResult RunOwner(int owner, IVolumeStore<int> painted, IVolumeStore<float> flows, CancellationToken cancellationToken)
    {
        CellExtent[] found = LabelOwners.Gather(workspace, PaintPass.PartsStep, owner);
        double largest = blocks.Volume.Count * options.MaxSizeFraction;
        Dictionary<int, double> errors = options.FlowThreshold > 0 || MeasureFlowErrors
            ? FlowErrorPass.Run([.. found.Where(c => c.Count <= largest)], painted, flows, blocks, memoryBytes, options.Threads, cancellationToken)
            : [];
        CellRow[] rows = Array.ConvertAll(found, c =>
        {
            double error = errors.GetValueOrDefault(c.Label, double.NaN);
            bool isWrong = options.FlowThreshold > 0 && error > options.FlowThreshold;
            return new CellRow(c, error, c.Count > largest ? CellFate.TooLarge : isWrong ? CellFate.FlowError : CellFate.Kept);
        });
        return new StepResult(MemoryMarshal.AsBytes<CellRow>(rows).ToArray());
    }

    /// <summary>The cells of an owner.</summary>
    public CellRow[] Rows(int owner) => RowsOf(workspace, owner);

    /// <summary>Whether a label that was found stays.</summary>
    public bool IsKept(int label)
    {
        int owner = seeds.Owners.OwnerOf(label);
        return _fates[owner][label - seeds.Owners.FirstLabel(owner)] == CellFate.Kept;
    }

    private static CellRow[] RowsOf(IVolumeWorkspace workspace, int owner) =>
        MemoryMarshal.Cast<byte, CellRow>(workspace.Load(FormattableString.Invariant($"{Step}/{owner}"))).ToArray();
}
