using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Tiling;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Planes;

/// <summary>Runs a network over all planes of a view, slab by slab.</summary>
internal sealed class PlaneInference
{
    private readonly PlaneSchedule _schedule;
    private readonly IReadOnlyList<CellposeModel> _models;
    private readonly int _threads;

    /// <summary>Prepares a view.</summary>
    /// <param name="schedule">Tiles and slabs.</param>
    /// <param name="models">The same weights on each device that shall work; borrowed.</param>
    /// <param name="threads">Number of threads of our own kernels; 0 takes all processors.</param>
    public PlaneInference(PlaneSchedule schedule, IReadOnlyList<CellposeModel> models, int threads) =>
        (_schedule, _models, _threads) = (schedule, models, threads);

    /// <summary>The volume in which the maps of a view are kept: flow along rows, flow along columns, probability logit.</summary>
    public static IVolumeStore<float> Open(PlaneSchedule schedule, IVolumeWorkspace workspace) =>
        workspace.Open<float>(StoreName(schedule.View), schedule.Shape, TileAccumulator.Channels, schedule.Maps);

    /// <summary>The name of that volume.</summary>
    public static string StoreName(PlaneView view) => $"maps-{view.Name}";

    /// <summary>The record of a slab.</summary>
    public string RecordOf(int slab)
    {
        (int first, int count) = _schedule.Slab(slab);
        return FormattableString.Invariant($"{StepName}/{first}-{first + count}");
    }

    /// <summary>The folder of the slabs' records.</summary>
    public string StepName => $"network-{_schedule.View.Name}";

    /// <summary>Computes slabs that are not finished yet.</summary>
    /// <param name="input">The volume, normalised, at the network's scale; borrowed.</param>
    /// <param name="workspace">Receives the maps.</param>
    /// <param name="slabs">Their numbers; null for all.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked before every batch.</param>
    /// <returns>How many were not finished before.</returns>
    public int Run(IVolumeSource input, IVolumeWorkspace workspace, IReadOnlyList<int>? slabs, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        slabs ??= [.. Enumerable.Range(0, _schedule.Slabs)];
        long tiles = slabs.Sum(n => (long)_schedule.Slab(n).Count * _schedule.Grid.Count);
        IVolumeStore<float> maps = Open(_schedule, workspace);
        int next = -1, computed = 0;
        long tilesDone = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        if (_models.Count == 1)
            Work(_models[0]);
        else
            RunAll();
        return computed;

        void RunAll()
        {
            Task[] workers = [.. _models.Select(model => Task.Run(() =>
            {
                try
                {
                    Work(model);
                }
                catch
                {
                    stop.Cancel();                                       // one device that fails stops the others
                    throw;
                }
            }, CancellationToken.None))];
            try
            {
                Task.WaitAll(workers, CancellationToken.None);
            }
            catch (AggregateException errors)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Exception first = errors.InnerExceptions.FirstOrDefault(e => e is not OperationCanceledException) ?? errors.InnerExceptions[0];
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
            }
        }

        void Work(CellposeModel model)
        {
            var dropped = new DroppedArrays();
            for (int i; (i = Interlocked.Increment(ref next)) < slabs.Count;)
            {
                (int first, int count) = _schedule.Slab(slabs[i]);
                string record = RecordOf(slabs[i]);
                if (!workspace.Has(record))
                {
                    Interlocked.Increment(ref computed);
                    RunSlab(model, input, maps, first, count, Report, stop.Token);
                    maps.Flush();
                    workspace.Save(record, []);
                    dropped.Collect();
                }
                else
                {
                    Report((long)count * _schedule.Grid.Count);
                }
            }
        }

        void Report(long more)
        {
            long done = Interlocked.Add(ref tilesDone, more);
            progress?.Report((float)((double)done / tiles));
        }
    }

    private void RunSlab(
        CellposeModel model, IVolumeSource input, IVolumeStore<float> maps, int first, int count, Action<long> report, CancellationToken cancellationToken)
    {
        TileGrid grid = _schedule.Grid;
        var slab = new PlaneSlab(_schedule.View, _schedule.Shape, first, count, _threads);
        NdArray<float>[] planes = slab.Read(input, cancellationToken);
        var extractors = Array.ConvertAll(planes, plane => new TileExtractor(plane, grid, _threads));
        var accumulators = Array.ConvertAll(planes, _ => new TileAccumulator(grid, _threads));

        int batch = _schedule.BatchSize, tileIn = extractors[0].TileLength, tileOut = accumulators[0].TileLength;
        int styleLength = model.Nets[0].Architecture.StyleLength;
        float[] tiles = new float[batch * tileIn], outputs = new float[batch * tileOut], styles = new float[batch * styleLength];
        long total = (long)count * grid.Count;
        for (long start = 0; start < total; start += batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int size = (int)Math.Min(batch, total - start);
            foreach ((int plane, int tile, int n, int offset) in Parts(start, size, grid.Count))
                extractors[plane].Copy(tile, n, tiles.AsSpan(offset * tileIn, n * tileIn));
            NetworkRunner.Run(
                model, tiles.AsSpan(0, size * tileIn), [size, TileExtractor.Channels, grid.TileHeight, grid.TileWidth],
                outputs.AsSpan(0, size * tileOut), styles.AsSpan(0, size * styleLength));
            foreach ((int plane, int tile, int n, int offset) in Parts(start, size, grid.Count))
                accumulators[plane].Add(tile, n, outputs.AsSpan(offset * tileOut, n * tileOut));
            report(size);
        }
        slab.Write(Array.ConvertAll(accumulators, a => a.Finish()), maps);
    }

    /// <summary>The runs of tiles of one plane that a batch is made of.</summary>
    private static IEnumerable<(int Plane, int Tile, int Count, int Offset)> Parts(long start, int size, int perPlane)
    {
        for (int offset = 0; offset < size;)
        {
            (long plane, long tile) = Math.DivRem(start + offset, perPlane);
            int count = (int)Math.Min(size - offset, perPlane - tile);
            yield return ((int)plane, (int)tile, count, offset);
            offset += count;
        }
    }
}
