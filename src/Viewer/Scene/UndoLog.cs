namespace Cellpose3D.Viewer.Scene;

/// <summary>A scene, the commands that led to it, and the way back; as long as memory lasts.</summary>
/// <remarks>Scenes share what did not change, so a step costs a few hundred bytes.</remarks>
public sealed class UndoLog
{
    private readonly List<Step> _done = [];
    private readonly Stack<Step> _undone = new();

    /// <summary>Begins with a scene.</summary>
    /// <param name="scene">The first.</param>
    public UndoLog(SceneState scene) => Scene = scene;

    /// <summary>The scene now.</summary>
    public SceneState Scene { get; private set; }

    /// <summary>Whether there is something to undo.</summary>
    public bool CanUndo => _done.Count > 0;

    /// <summary>Whether there is something to redo.</summary>
    public bool CanRedo => _undone.Count > 0;

    /// <summary>The commands done and not undone, the first one first.</summary>
    public IReadOnlyList<SceneCommand> Commands => [.. _done.Select(d => d.Command)];

    /// <summary>Applies a command.</summary>
    /// <param name="command">What to change.</param>
    /// <param name="continues">Whether it goes on with the gesture of the last command, as in a drag: both are then undone by one step.</param>
    /// <returns>The scene after it.</returns>
    /// <exception cref="ArgumentException">The command does not fit the scene, which stays as it is.</exception>
    public SceneState Do(SceneCommand command, bool continues = false)
    {
        SceneState after = SceneReducer.Apply(Scene, command);
        var step = new Step(command, Scene, after);
        if (continues && CanUndo && Joined(_done[^1].Command, command, after) is { } joined)
        {
            step = new Step(joined, _done[^1].Before, after);
            _done.RemoveAt(_done.Count - 1);
        }
        _done.Add(step);
        _undone.Clear();
        return Scene = after;
    }

    /// <summary>Takes the last command back.</summary>
    /// <returns>The scene after it; the same where there is nothing to undo.</returns>
    public SceneState Undo()
    {
        if (!CanUndo)
            return Scene;
        Step step = _done[^1];
        _done.RemoveAt(_done.Count - 1);
        _undone.Push(step);
        return Scene = step.Before;
    }

    /// <summary>Applies the command taken back last.</summary>
    /// <returns>The scene after it; the same where there is nothing to redo.</returns>
    public SceneState Redo()
    {
        if (!_undone.TryPop(out Step? step))
            return Scene;
        _done.Add(step);
        return Scene = step.After;
    }

    // one command that leads to where the last and this one lead; null where they are of different kinds
    private static SceneCommand? Joined(SceneCommand last, SceneCommand command, SceneState after) => (last, command) switch
    {
        (SceneCommand.Orbit or SceneCommand.Pan or SceneCommand.Zoom or SceneCommand.SetCamera, SceneCommand.Orbit or SceneCommand.Pan or SceneCommand.Zoom or SceneCommand.SetCamera) =>
            new SceneCommand.SetCamera(after.Camera),
        (SceneCommand.SetImage a, SceneCommand.SetImage b) when a.Channel == b.Channel => b,
        (SceneCommand.SetTime, SceneCommand.SetTime) or (SceneCommand.SetCursor, SceneCommand.SetCursor) or (SceneCommand.SetLabels, SceneCommand.SetLabels) => command,
        _ => null,
    };

    private sealed record Step(SceneCommand Command, SceneState Before, SceneState After);
}
