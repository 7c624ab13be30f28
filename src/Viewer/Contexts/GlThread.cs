using System.Collections.Concurrent;
using Silk.NET.OpenGL;

namespace Cellpose3D.Viewer.Contexts;

/// <summary>The one thread that owns a context; all drawing is handed to it.</summary>
public sealed class GlThread : IDisposable
{
    private readonly BlockingCollection<Action<GlDevice>> _work = [];
    private readonly Thread _thread;
    private readonly TaskCompletionSource<GlDevice> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _disposed;

    /// <summary>Starts the thread and opens the context on it.</summary>
    /// <param name="open">Opens the context; called on the new thread.</param>
    /// <exception cref="GlContextException">There is no such context.</exception>
    public GlThread(Func<IGlContext> open)
    {
        _thread = new Thread(() => Run(open)) { IsBackground = true, Name = "OpenGL" };
        _thread.Start();
        try
        {
            Device = _opened.Task.GetAwaiter().GetResult();
        }
        catch
        {
            _thread.Join();
            _work.Dispose();
            throw;
        }
    }

    /// <summary>What the context is; its functions are called on the thread only.</summary>
    public GlDevice Device { get; }

    /// <summary>Opens EGL without a window.</summary>
    /// <param name="wanted">As in <see cref="EglContext.Open"/>.</param>
    /// <exception cref="GlContextException">There is no such context.</exception>
    public static GlThread OpenHeadless(string wanted = "auto") => new(() => EglContext.Open(wanted));

    /// <summary>Runs work on the thread and waits for it.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="work">Receives the device; what it throws is thrown here.</param>
    public T Invoke<T>(Func<GlDevice, T> work) => InvokeAsync(work).GetAwaiter().GetResult();

    /// <summary>Runs work on the thread and waits for it.</summary>
    /// <param name="work">Receives the device; what it throws is thrown here.</param>
    public void Invoke(Action<GlDevice> work) => Invoke(device =>
    {
        work(device);
        return true;
    });

    /// <summary>Runs work on the thread.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="work">Receives the device.</param>
    /// <exception cref="ObjectDisposedException">The thread has ended.</exception>
    public Task<T> InvokeAsync<T>(Func<GlDevice, T> work)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(device =>
        {
            try
            {
                done.SetResult(work(device));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <summary>Ends the thread after the work handed in, and closes the context.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Run(Func<IGlContext> open)
    {
        IGlContext context;
        GlDevice device;
        try
        {
            context = open();
            context.MakeCurrent();
            device = new GlDevice(GL.GetApi(context.FunctionAddress), context.Origin);
        }
        catch (Exception e)
        {
            _opened.SetException(e);
            return;
        }
        using (context)
        {
            _opened.SetResult(device);
            foreach (Action<GlDevice> work in _work.GetConsumingEnumerable())
                work(device);
        }
    }
}
