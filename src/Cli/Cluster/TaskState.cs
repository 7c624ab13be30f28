namespace Cellpose3D.Cli.Cluster;

/// <summary>How far a task is.</summary>
internal enum TaskState
{
    /// <summary>A process works on it, or did until it was killed.</summary>
    Running,

    /// <summary>All its items are done.</summary>
    Done,

    /// <summary>An item failed.</summary>
    Failed,

    /// <summary>It was told to stop: cancelled, preempted or out of time.</summary>
    Stopped,
}
