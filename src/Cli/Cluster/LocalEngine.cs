using System.Collections.Concurrent;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Cluster;

/// <summary>Does tasks in processes on this machine, which end with the process that drives them.</summary>
internal sealed class LocalEngine(EngineSettings settings, Reporter reporter) : ISharedEngine
{
    private const int MostAttempts = 3;           // a process may be killed for its neighbours' memory; a task that kills three is to blame itself

    private readonly Dictionary<string, IReadOnlyDictionary<string, int[]>> _tasks = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Require()
    {
    }

    /// <inheritdoc/>
    public bool IsComplete(RunFolder folder, RunManifest manifest) => false;

    /// <inheritdoc/>
    public void Start(RunFolder folder, RunManifest manifest, IReadOnlyDictionary<string, int[]> tasks) => _tasks[folder.Path] = tasks;

    /// <inheritdoc/>
    public void Wait(RunFolder folder, RunManifest manifest, IProgress<float> progress, CancellationToken cancellationToken)
    {
        folder.WriteOwner(new EngineOwner(Environment.MachineName, Environment.ProcessId));
        LocalWorker[] workers = [.. Enumerable.Range(0, settings.Workers).Select(_ => new LocalWorker(folder))];
        try
        {
            foreach ((string Step, int Task)[] wave in Waves(manifest, _tasks[folder.Path]))
            {
                cancellationToken.ThrowIfCancellationRequested();
                RunWave(folder, manifest, wave, workers, progress, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            reporter.Info($"finished parts are kept in '{folder.Path}'; the same command with --resume goes on from there.");
            throw;
        }
        finally
        {
            foreach (LocalWorker worker in workers)
                worker.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Cancel(RunFolder folder, RunManifest manifest)
    {
        if (folder.ReadOwner() is not { } owner)
            return;
        if (owner.Host != Environment.MachineName)
            throw new CommandException(ExitCode.Usage, $"the run is driven by a process on '{owner.Host}'; cancel it there.");
        Signals.Interrupt(owner.Process);
    }

    private static IEnumerable<(string Step, int Task)[]> Waves(RunManifest manifest, IReadOnlyDictionary<string, int[]> tasks)
    {
        var wave = new List<(string Step, int Task)>();
        foreach (RunStep step in manifest.Steps)
        {
            if (!step.WithPrevious && wave.Count > 0)
            {
                yield return [.. wave];
                wave.Clear();
            }
            wave.AddRange(tasks[step.Name].Select(task => (step.Name, task)));
        }
        if (wave.Count > 0)
            yield return [.. wave];
    }

    private static void RunWave(
        RunFolder folder, RunManifest manifest, (string Step, int Task)[] wave, LocalWorker[] workers, IProgress<float> progress, CancellationToken cancellationToken)
    {
        var queue = new ConcurrentQueue<(string Step, int Task)>(wave);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using CancellationTokenRegistration kill = cancellationToken.Register(() => Array.ForEach(workers, w => w.Dispose()));
        Task[] running = [.. workers.Take(wave.Length).Select(worker => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested && queue.TryDequeue(out (string Step, int Task) task))
            {
                bool? isDone = null;
                for (int attempt = 0; attempt < MostAttempts && isDone is null && !cancellationToken.IsCancellationRequested; attempt++)
                    isDone = worker.Run(task.Step, task.Task);
                if (isDone != true)
                    stop.Cancel();                                       // what is under way is finished, nothing more is begun
            }
        }, CancellationToken.None))];
        while (!Task.WaitAll(running, TimeSpan.FromSeconds(0.5)))
            progress.Report(RunStatus.Read(folder, isActive: true).Fraction);
        cancellationToken.ThrowIfCancellationRequested();
        if (stop.IsCancellationRequested)
            throw RunStatus.Read(folder, isActive: false).Failure();
    }
}
